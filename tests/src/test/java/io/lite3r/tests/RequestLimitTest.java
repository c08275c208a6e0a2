package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.tests.SecureChain.Answer;
import io.lite3r.tests.WithSecureChain.Locked;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One tenant that asks without end, and another. */
@Tag("infra-full")
@ExtendWith(WithSecureChain.class)
class RequestLimitTest {
  private static final Map<String, String> FIVE_AT_ONCE =
      Map.of("lite3r.requests.per-second", "1", "lite3r.requests.burst", "5");
  private static final int AT_ONCE = 12;
  private static final String FRAMES =
      "/v1/scenes/%s-yard/captures/today/cameras/left/frames?sequence=0&timestamp=0";

  @Test
  void aTenantThatAsksTooOftenWaitsAndOthersDoNot(Locked locked) {
    for (String service : new String[] {"capture", "console"}) {
      locked.chain().service(service).restartWith(FIVE_AT_ONCE);
      try {
        String acme = locked.issuer().token("acme", "capture", "viewer");
        String zeta = locked.issuer().token("zeta", "capture", "viewer");
        // All at once: one after the other, a slow machine might give the bucket time to fill.
        List<Answer> answers;
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
          answers =
              IntStream.range(0, AT_ONCE)
                  .mapToObj(
                      i ->
                          CompletableFuture.supplyAsync(
                              () -> ask(locked, service, "acme", acme), callers))
                  .toList()
                  .stream()
                  .map(CompletableFuture::join)
                  .toList();
        }
        assertThat(answers.stream().filter(answer -> answer.status() != 429))
            .as(service)
            .hasSizeGreaterThanOrEqualTo(5)
            .allMatch(answer -> answer.status() != 401 && answer.status() != 403);

        Answer refused =
            answers.stream().filter(answer -> answer.status() == 429).findFirst().orElseThrow();

        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.body()).contains("Too many requests");
        assertThat(ask(locked, service, "zeta", zeta).status())
            .as("another tenant")
            .isNotEqualTo(429);
        for (int i = 0; i < 8; i++) {
          assertThat(locked.chain().send(service, "GET", "/metrics", null, null).status())
              .isEqualTo(200);
        }
        assertThat(locked.chain().send(service, "GET", "/metrics", null, null).body())
            .contains("lite3r_requests_limited_total{")
            .doesNotContain("acme");
        Await.until(
            "the tenant's next request to be taken",
            Duration.ofSeconds(10),
            () -> ask(locked, service, "acme", acme).status() != 429);
      } finally {
        locked.chain().service(service).restartWith(Map.of());
      }
    }
  }

  private static Answer ask(Locked locked, String service, String tenant, String token) {
    return service.equals("capture")
        // As long as a photograph: who hears an answer only after sending must hear this one, too.
        ? locked.chain().send(service, "POST", FRAMES.formatted(tenant), token, new byte[8 << 20])
        : locked.chain().send(service, "GET", "/api/scenes", token, null);
  }
}
