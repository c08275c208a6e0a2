package io.lite3r.fusion.refine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Places of an image that can be told from their surroundings in every direction: where the smaller
 * eigenvalue of the gradients' second moments is a local maximum (Shi and Tomasi, 1994). The
 * strongest of each cell, so that they cover the image.
 */
public final class Corners {
  private static final int RADIUS = 2;
  private static final int MARGIN = 6;
  private static final int CELL = 16;
  private static final int PER_CELL = 2;

  /** Grey levels squared: what noise of a camera reaches. */
  private static final float WEAKEST = 12;

  public final double[] x;
  public final double[] y;

  private Corners(double[] x, double[] y) {
    this.x = x;
    this.y = y;
  }

  public int count() {
    return x.length;
  }

  private record Candidate(int x, int y, float strength) {}

  public static Corners of(GreyImage image) {
    float[] strength = strength(image);
    List<Candidate> kept = new ArrayList<>();
    for (int top = 0; top < image.height; top += CELL) {
      for (int left = 0; left < image.width; left += CELL) {
        List<Candidate> cell = new ArrayList<>();
        for (int y = Math.max(MARGIN, top); y < Math.min(image.height - MARGIN, top + CELL); y++) {
          for (int x = Math.max(MARGIN, left);
              x < Math.min(image.width - MARGIN, left + CELL);
              x++) {
            if (isPeak(strength, image.width, x, y)) {
              cell.add(new Candidate(x, y, strength[y * image.width + x]));
            }
          }
        }
        cell.sort(
            Comparator.comparing(Candidate::strength)
                .reversed()
                .thenComparing(Candidate::y)
                .thenComparing(Candidate::x));
        kept.addAll(cell.subList(0, Math.min(PER_CELL, cell.size())));
      }
    }
    return new Corners(
        kept.stream().mapToDouble(c -> c.x() + 0.5).toArray(),
        kept.stream().mapToDouble(c -> c.y() + 0.5).toArray());
  }

  private static boolean isPeak(float[] strength, int width, int x, int y) {
    float here = strength[y * width + x];
    if (here < WEAKEST) {
      return false;
    }
    for (int dy = -RADIUS; dy <= RADIUS; dy++) {
      for (int dx = -RADIUS; dx <= RADIUS; dx++) {
        float there = strength[(y + dy) * width + x + dx];
        // Of equals the first is the peak.
        if (there > here || there == here && (dy < 0 || dy == 0 && dx < 0)) {
          return false;
        }
      }
    }
    return true;
  }

  private static float[] strength(GreyImage image) {
    int w = image.width;
    int h = image.height;
    float[] xx = new float[w * h];
    float[] xy = new float[w * h];
    float[] yy = new float[w * h];
    for (int y = 1; y < h - 1; y++) {
      for (int x = 1; x < w - 1; x++) {
        int i = y * w + x;
        float gx = (image.value[i + 1] - image.value[i - 1]) / 2;
        float gy = (image.value[i + w] - image.value[i - w]) / 2;
        xx[i] = gx * gx;
        xy[i] = gx * gy;
        yy[i] = gy * gy;
      }
    }
    float[] smaller = new float[w * h];
    int area = (2 * RADIUS + 1) * (2 * RADIUS + 1);
    float[] a = new float[w];
    float[] b = new float[w];
    float[] c = new float[w];
    for (int y = RADIUS + 1; y < h - RADIUS - 1; y++) {
      around(xx, w, y, a);
      around(xy, w, y, b);
      around(yy, w, y, c);
      for (int x = RADIUS + 1; x < w - RADIUS - 1; x++) {
        double half = (a[x] - c[x]) / 2.0;
        smaller[y * w + x] =
            (float) (((a[x] + c[x]) / 2.0 - Math.sqrt(half * half + (double) b[x] * b[x])) / area);
      }
    }
    return smaller;
  }

  /**
   * Sums over the square about each pixel of a row. Pixel by pixel in the innermost loop, so that a
   * compiler can take many at once; each adds up its square row by row.
   */
  private static void around(float[] of, int width, int y, float[] sum) {
    Arrays.fill(sum, 0);
    for (int dy = -RADIUS; dy <= RADIUS; dy++) {
      for (int dx = -RADIUS; dx <= RADIUS; dx++) {
        int row = (y + dy) * width + dx;
        for (int x = RADIUS + 1; x < width - RADIUS - 1; x++) {
          sum[x] += of[row + x];
        }
      }
    }
  }
}
