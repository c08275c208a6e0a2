package io.lite3r.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  @Test
  void itsImagesAreAcceptedAndItEnds() {
    assertThat(Duration.ofNanos(WarmUp.run()))
        .isBetween(Duration.ofMillis(1), Duration.ofSeconds(20));
  }
}
