package io.lite3r.imaging;

import java.util.Arrays;

/**
 * Box (area) resampling: every target pixel is the mean of the source area it covers, with the
 * exact fraction of each source pixel at its border. All arithmetic is on integers, so the same
 * image gives the same bytes everywhere; the only rounding is the last one, half up.
 *
 * <p>Measure lengths so that the image's width is {@code source x target} long: a source pixel is
 * then {@code target} long and a target pixel {@code source} long, and every overlap is an integer.
 * Rows come first: adding up whole rows is the bulk of the work and runs straight through memory.
 *
 * <p>Made for shrinking. When it enlarges, it repeats pixels and mixes them where they meet.
 */
public final class AreaResampler {
  private AreaResampler() {}

  public static RgbImage resize(RgbImage source, int width, int height) {
    if (width <= 0 || height <= 0) {
      throw new IllegalArgumentException(
          "cannot resize to %d x %d pixels; both sides must be positive".formatted(width, height));
    }
    if (width == source.width() && height == source.height()) {
      return source;
    }
    Overlaps columns = Overlaps.of(source.width(), width);
    Overlaps rows = Overlaps.of(source.height(), height);
    Mean mean = Mean.over((long) columns.total * rows.total);
    int sourceStride = 3 * source.width();
    byte[] in = source.rgb();
    byte[] out = new byte[3 * width * height];
    int[] rowSum = new int[sourceStride];
    for (int y = 0; y < height; y++) {
      Arrays.fill(rowSum, 0);
      for (int k = rows.start[y]; k < rows.start[y + 1]; k++) {
        addRow(rowSum, in, rows.index[k] * sourceStride, rows.weight[k]);
      }
      shrinkRow(rowSum, columns, mean, out, 3 * y * width, width);
    }
    return new RgbImage(width, height, out);
  }

  private static void addRow(int[] sum, byte[] in, int offset, int weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * (in[offset + i] & 0xff);
    }
  }

  private static void shrinkRow(
      int[] rowSum, Overlaps columns, Mean mean, byte[] out, int offset, int width) {
    long half = mean.area / 2;
    for (int x = 0; x < width; x++) {
      long red = half;
      long green = half;
      long blue = half;
      for (int k = columns.start[x]; k < columns.start[x + 1]; k++) {
        int i = 3 * columns.index[k];
        long weight = columns.weight[k];
        red += weight * rowSum[i];
        green += weight * rowSum[i + 1];
        blue += weight * rowSum[i + 2];
      }
      out[offset + 3 * x] = mean.of(red);
      out[offset + 3 * x + 1] = mean.of(green);
      out[offset + 3 * x + 2] = mean.of(blue);
    }
  }

  /**
   * Division of a sum of samples, each weighed by area, by the whole area. A division takes several
   * times as long as a product, so it is one by a reciprocal of 55 bits: exact while sum x area is
   * below that (Granlund and Montgomery, 1994), and a sum is below 256 x area.
   *
   * @param reciprocal 0: the area is too large for it
   */
  private record Mean(long area, long reciprocal) {
    private static final int BITS = 55;
    private static final long LARGEST = 1 << 23;

    static Mean over(long area) {
      return new Mean(area, area > LARGEST ? 0 : (1L << BITS) / area + 1);
    }

    byte of(long sum) {
      return (byte) (reciprocal == 0 ? sum / area : sum * reciprocal >>> BITS);
    }
  }

  /**
   * Which source pixels a target pixel covers and by how much: entries {@code start[t]} to {@code
   * start[t + 1]} of index and weight belong to target pixel t; their weights add up to total.
   */
  private record Overlaps(int[] start, int[] index, int[] weight, int total) {
    static Overlaps of(int source, int target) {
      int divisor = gcd(source, target);
      int sourceLength = target / divisor;
      int targetLength = source / divisor;
      int[] start = new int[target + 1];
      int[] index = new int[source + target];
      int[] weight = new int[source + target];
      int count = 0;
      for (int t = 0; t < target; t++) {
        start[t] = count;
        long from = (long) t * targetLength;
        long to = from + targetLength;
        for (int s = (int) (from / sourceLength); (long) s * sourceLength < to; s++) {
          long left = Math.max(from, (long) s * sourceLength);
          long right = Math.min(to, (long) (s + 1) * sourceLength);
          index[count] = s;
          weight[count++] = (int) (right - left);
        }
      }
      start[target] = count;
      return new Overlaps(start, index, weight, targetLength);
    }

    private static int gcd(int a, int b) {
      return b == 0 ? a : gcd(b, a % b);
    }
  }
}
