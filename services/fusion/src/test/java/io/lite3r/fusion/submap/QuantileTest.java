package io.lite3r.fusion.submap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantileTest {
  @Test
  void selectingFindsWhatSortingFinds() {
    Random random = new Random(1);
    for (int n : new int[] {1, 2, 7, 1000}) {
      float[] values = new float[n];
      for (int i = 0; i < n; i++) {
        // Many alike, both signs, all sizes.
        values[i] =
            (float) (Math.rint(4 * random.nextGaussian()) * Math.pow(10, random.nextInt(-9, 9)));
      }
      for (double share : new double[] {0, 0.2, 0.5, 0.99, 1}) {
        // Zero has two signs, and they are equal.
        assertThat(Quantile.select(values, share) + 0f)
            .isEqualTo(Quantile.of(values.clone(), n, share) + 0f);
      }
    }
  }
}
