package io.lite3r.reconstruction.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BucketTest {
  private static final Bucket LANDSCAPE = new Bucket(192, 256);
  private static final Bucket PORTRAIT = new Bucket(256, 192);
  private static final Bucket WIDE = new Bucket(144, 256);
  private static final List<Bucket> ALL = List.of(LANDSCAPE, PORTRAIT, WIDE);

  @Test
  void aWindowGoesWhereItIsStretchedLeast() {
    assertThat(Bucket.nearest(ALL, List.of(640.0 / 480))).isEqualTo(LANDSCAPE);
    assertThat(Bucket.nearest(ALL, List.of(360.0 / 640))).isEqualTo(PORTRAIT);
    assertThat(Bucket.nearest(ALL, List.of(640.0 / 360))).isEqualTo(WIDE);
  }

  @Test
  void tooTallAndTooWideCountAlike() {
    // 1 is as far from 4/3 as from 3/4 in the logarithm; the first of equals wins.
    assertThat(Bucket.nearest(List.of(PORTRAIT, LANDSCAPE), List.of(1.0))).isEqualTo(PORTRAIT);
    assertThat(Bucket.nearest(List.of(LANDSCAPE, PORTRAIT), List.of(1.0))).isEqualTo(LANDSCAPE);
  }

  @Test
  void allViewsOfAWindowHaveASay() {
    assertThat(Bucket.nearest(ALL, List.of(.75, 16 / 9.0, 16 / 9.0))).isEqualTo(WIDE);
    assertThat(Bucket.nearest(ALL, List.of(16 / 9.0, .75, .75))).isEqualTo(PORTRAIT);
  }
}
