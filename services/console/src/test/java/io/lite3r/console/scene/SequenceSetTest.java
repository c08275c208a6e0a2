package io.lite3r.console.scene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SequenceSetTest {
  @Test
  void answersAsAPlainSetDoesInAnyOrder() {
    SequenceSet ranges = new SequenceSet();
    Set<Long> plain = new HashSet<>();
    Random random = new Random(7);

    for (int i = 0; i < 5_000; i++) {
      long number = random.nextInt(1_000) - 1;

      assertThat(ranges.add(number)).as("add %d", number).isEqualTo(plain.add(number));
    }
  }

  @Test
  void aStreamWithoutGapsIsOneRangeHoweverItCame() {
    SequenceSet ranges = new SequenceSet();

    for (long number = 0; number < 100; number += 2) {
      ranges.add(number);
    }
    assertThat(ranges.ranges()).isEqualTo(50);
    for (long number = 99; number > 0; number -= 2) {
      ranges.add(number);
    }

    assertThat(ranges.ranges()).isEqualTo(1);
  }
}
