package io.lite3r.windowing.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.windowing.WindowingRules;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarmUpTest {

  @ParameterizedTest
  @CsvSource({"6,PT0S", "4,PT2S", "2,PT24H"})
  void warmingUpClosesWindowsWhateverTheRules(int views, Duration interval) {
    WindowingRules rules =
        new WindowingRules(
            views, 1, Duration.ofMillis(25), Duration.ofSeconds(1), interval, 16_000_000);

    assertThat(WarmUp.run(rules)).isGreaterThanOrEqualTo(2);
  }
}
