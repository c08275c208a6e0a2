package io.lite3r.fusion.submap;

import java.util.Arrays;

/** Order statistics of plain arrays, exact and therefore the same on every machine. */
public final class Quantile {
  private Quantile() {}

  /** The value below which the given share of the first {@code count} values lies; sorts them. */
  public static float of(float[] values, int count, double share) {
    if (count == 0) {
      throw new IllegalArgumentException("no values, no quantile");
    }
    Arrays.sort(values, 0, count);
    return values[(int) Math.min(count - 1, Math.floor(share * count))];
  }

  /**
   * What {@link #of} gives for all of the values, found without sorting them: float bits in order
   * are counted by their upper half, then those of the right upper half by their lower.
   */
  public static float select(float[] values, double share) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values, no quantile");
    }
    int rank = (int) Math.min(values.length - 1, Math.floor(share * values.length));
    int[] counts = new int[1 << 16];
    for (float value : values) {
      counts[ordered(value) >>> 16]++;
    }
    int upper = 0;
    while (rank >= counts[upper]) {
      rank -= counts[upper++];
    }
    Arrays.fill(counts, 0);
    for (float value : values) {
      int bits = ordered(value);
      if (bits >>> 16 == upper) {
        counts[bits & 0xffff]++;
      }
    }
    int lower = 0;
    while (rank >= counts[lower]) {
      rank -= counts[lower++];
    }
    int bits = upper << 16 | lower;
    return Float.intBitsToFloat(bits < 0 ? bits ^ Integer.MIN_VALUE : ~bits);
  }

  /** Bits that, read without sign, are in the order of their floats. */
  private static int ordered(float value) {
    int bits = Float.floatToIntBits(value);
    return bits < 0 ? ~bits : bits ^ Integer.MIN_VALUE;
  }

  /** The weighted median: half of the weight lies on either side. Sorts both arrays together. */
  public static double weightedMedian(double[] values, double[] weights, int count) {
    if (count == 0) {
      throw new IllegalArgumentException("no values, no median");
    }
    Integer[] order = new Integer[count];
    double total = 0;
    for (int i = 0; i < count; i++) {
      order[i] = i;
      total += weights[i];
    }
    Arrays.sort(order, (a, b) -> Double.compare(values[a], values[b]));
    double sum = 0;
    for (int i : order) {
      sum += weights[i];
      if (sum >= total / 2) {
        return values[i];
      }
    }
    return values[order[count - 1]];
  }

  /** The median of the first {@code count} values; sorts them. */
  public static double median(double[] values, int count) {
    if (count == 0) {
      throw new IllegalArgumentException("no values, no median");
    }
    Arrays.sort(values, 0, count);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
  }
}
