package io.lite3r.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bucket4j.TimeMeter;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestLimitsTest {
  private final Clock clock = new Clock();

  @Test
  void withoutASettingNobodyWaits() {
    RequestLimits limits = limits(0, OptionalInt.empty());
    for (int i = 0; i < 1000; i++) {
      assertThat(limits.wait(of("acme"))).isEmpty();
    }
    assertThat(limits.remembered()).isZero();
  }

  @Test
  void aTenantHasItsBurstThenItsRateAndNoOthers() {
    RequestLimits limits = limits(2, OptionalInt.of(3));
    for (int i = 0; i < 3; i++) {
      assertThat(limits.wait(of("acme"))).isEmpty();
    }
    assertThat(limits.wait(of("acme"))).contains(Duration.ofMillis(500));
    assertThat(limits.wait(of("zeta"))).isEmpty();

    clock.pass(Duration.ofMillis(500));
    assertThat(limits.wait(of("acme"))).isEmpty();
    assertThat(limits.wait(of("acme"))).contains(Duration.ofMillis(500));
  }

  @Test
  void theUnnamedTenantHasOneBucketToo() {
    RequestLimits limits = limits(1, OptionalInt.of(1));
    assertThat(limits.wait(Caller.UNNAMED)).isEmpty();
    assertThat(limits.wait(Caller.UNNAMED)).isPresent();
  }

  @Test
  void soManyTenantsAreRememberedAndNoMore() {
    RequestLimits limits = limits(1, OptionalInt.of(1));
    for (int i = 0; i < 2 * RequestLimits.MOST_TENANTS; i++) {
      limits.wait(of("t" + i));
    }
    assertThat(limits.remembered()).isLessThanOrEqualTo(RequestLimits.MOST_TENANTS);
  }

  @Test
  void aTenantIsNotForgottenWhileItWouldHaveToWait() {
    RequestLimits limits = limits(1, OptionalInt.of(600));
    for (int i = 0; i < 600; i++) {
      limits.wait(of("acme"));
    }
    clock.pass(Duration.ofMinutes(2));
    int taken = 0;
    while (limits.wait(of("acme")).isEmpty()) {
      taken++;
    }
    assertThat(taken).as("two minutes' worth, not a full bucket").isEqualTo(120);

    clock.pass(Duration.ofMinutes(11));
    assertThat(limits.remembered()).isZero();
  }

  @Test
  void aSettingThatLetsNobodyInIsRefused() {
    assertThatThrownBy(() -> limits(1, OptionalInt.of(0))).hasMessageContaining("burst");
    assertThatThrownBy(() -> limits(-1, OptionalInt.empty())).hasMessageContaining("per-second");
  }

  private RequestLimits limits(int perSecond, OptionalInt burst) {
    LimitSettings settings =
        new LimitSettings() {
          @Override
          public int perSecond() {
            return perSecond;
          }

          @Override
          public OptionalInt burst() {
            return burst;
          }
        };
    return new RequestLimits(settings, OpenTelemetry.noop().getMeter("test"), clock);
  }

  private static Caller of(String tenant) {
    return new Caller(tenant, Set.of(), null);
  }

  private static final class Clock implements TimeMeter {
    private long now;

    void pass(Duration time) {
      now += time.toNanos();
    }

    @Override
    public long currentTimeNanos() {
      return now;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
