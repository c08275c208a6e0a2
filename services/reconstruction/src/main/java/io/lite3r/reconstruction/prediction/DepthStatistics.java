package io.lite3r.reconstruction.prediction;

import java.util.Arrays;

/**
 * One depth map in three numbers.
 *
 * @param seen share of pixels with a usable depth
 * @param median of the usable depths; 0 when there are none
 * @param relief distance between the 5th and the 95th percentile over the median
 */
record DepthStatistics(double seen, double median, double relief) {
  static DepthStatistics of(float[] depth, float smallest, float largest) {
    float[] usable = new float[depth.length];
    int count = 0;
    for (float d : depth) {
      if (d >= smallest && d <= largest) {
        usable[count++] = d;
      }
    }
    if (count == 0) {
      return new DepthStatistics(0, 0, 0);
    }
    Arrays.sort(usable, 0, count);
    double median = usable[count / 2];
    double relief = (usable[(int) (count * .95)] - usable[(int) (count * .05)]) / median;
    return new DepthStatistics((double) count / depth.length, median, relief);
  }

  /** Share of horizontal neighbours whose depths differ by more than the factor. */
  static double jumps(float[] depth, int width, double factor) {
    int jumps = 0;
    int pairs = 0;
    for (int i = 1; i < depth.length; i++) {
      if (i % width != 0) {
        float a = Math.max(depth[i - 1], depth[i]);
        float b = Math.min(depth[i - 1], depth[i]);
        pairs++;
        if (a > factor * b) {
          jumps++;
        }
      }
    }
    return pairs == 0 ? 0 : (double) jumps / pairs;
  }
}
