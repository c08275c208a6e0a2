package io.lite3r.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of requests for each tenant (token bucket): full at first, filled at a steady rate. So
 * many tenants are remembered and no more; one that was forgotten begins with a full bucket, as one
 * that was quiet for long would.
 */
@ApplicationScoped
public class RequestLimits {
  /** Some 300 bytes each. */
  static final int MOST_TENANTS = 10_000;

  private static final int BURST_SECONDS = 10;
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  private final int perSecond;
  private final int burst;
  private final TimeMeter clock;
  private final LongCounter refused;

  /** Null without a limit: a laptop need not load what it never uses. */
  private final @Nullable Cache<String, Bucket> buckets;

  @Inject
  RequestLimits(LimitSettings settings, Meter meter) {
    this(settings, meter, TimeMeter.SYSTEM_NANOTIME);
  }

  RequestLimits(LimitSettings settings, Meter meter, TimeMeter clock) {
    this.perSecond = settings.perSecond();
    this.burst = settings.burst().orElse(BURST_SECONDS * perSecond);
    this.clock = clock;
    if (perSecond < 0 || (perSecond > 0 && burst < 1)) {
      throw new IllegalArgumentException(
          "lite3r.requests.per-second must be 0 (no limit) or more and .burst at least 1, got %d and %d"
              .formatted(perSecond, burst));
    }
    refused = meter.counterBuilder(Names.REQUESTS_LIMITED).setUnit("{request}").build();
    refused.add(0); // from the start: a counter that is not shown cannot be told from a still one
    buckets = perSecond == 0 ? null : cache(clock, burst, perSecond);
  }

  private static Cache<String, Bucket> cache(TimeMeter clock, int burst, int perSecond) {
    Duration full = Duration.ofSeconds(burst / perSecond + 1);
    return Caffeine.newBuilder()
        .maximumSize(MOST_TENANTS)
        // Forgotten when it is full again at the earliest: forgetting gives nothing away.
        .expireAfterAccess(full.compareTo(REMEMBERED) > 0 ? full : REMEMBERED)
        .ticker(clock::currentTimeNanos)
        .build();
  }

  /** Empty when the request may go on; else how long until the caller's next one may. */
  Optional<Duration> wait(Caller caller) {
    if (buckets == null) {
      return Optional.empty();
    }
    String whose = Objects.requireNonNullElse(caller.tenant(), "");
    ConsumptionProbe probe = buckets.get(whose, absent -> full()).tryConsumeAndReturnRemaining(1);
    if (probe.isConsumed()) {
      return Optional.empty();
    }
    refused.add(1);
    return Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  long remembered() {
    if (buckets == null) {
      return 0;
    }
    buckets.cleanUp();
    return buckets.estimatedSize();
  }

  private Bucket full() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
        .withCustomTimePrecision(clock)
        .build();
  }
}
