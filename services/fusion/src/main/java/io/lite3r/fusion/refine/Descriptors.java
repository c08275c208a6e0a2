package io.lite3r.fusion.refine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the surroundings of an image's corners look like, whichever way up: histograms of gradients
 * in a grid of cells that is turned with the corner's main direction (Lowe, 2004, at one scale).
 * Two surroundings are alike when the product of their descriptors is near one.
 */
final class Descriptors {
  private static final int CELLS = 4;
  private static final int DIRECTIONS = 8;
  static final int LENGTH = CELLS * CELLS * DIRECTIONS;

  /** Edge of a cell, pixels. */
  private static final double CELL = 5;

  private static final int BINS = 36;
  private static final int RADIUS = 8;

  /** A second direction is main, too, when it is nearly as strong. */
  private static final double ALSO = 0.8;

  /** No gradient may be more than this share of a descriptor: lights glare. */
  private static final float LARGEST = 0.2f;

  private static final int HALF = (int) (CELLS * CELL / 2);

  /** How much a gradient weighs by the square of its distance: for directions, and inside cells. */
  private static final double[] NEAR = bell(2 * RADIUS * RADIUS, 0.5 * RADIUS * RADIUS);

  private static final double[] INSIDE = bell(2 * HALF * HALF, 2.0 * HALF * HALF);

  final double[] x;
  final double[] y;
  final float[][] of;

  private Descriptors(double[] x, double[] y, float[][] of) {
    this.x = x;
    this.y = y;
    this.of = of;
  }

  int count() {
    return of.length;
  }

  static Descriptors of(GreyImage image, Corners corners) {
    List<double[]> places = new ArrayList<>();
    List<float[]> all = new ArrayList<>();
    for (int i = 0; i < corners.count(); i++) {
      for (double direction : directions(image, corners.x[i], corners.y[i])) {
        places.add(new double[] {corners.x[i], corners.y[i]});
        all.add(describe(image, corners.x[i], corners.y[i], direction));
      }
    }
    return new Descriptors(
        places.stream().mapToDouble(p -> p[0]).toArray(),
        places.stream().mapToDouble(p -> p[1]).toArray(),
        all.toArray(float[][]::new));
  }

  private static double[] bell(int farthest, double spread) {
    double[] weights = new double[farthest + 1];
    Arrays.setAll(weights, square -> StrictMath.exp(-square / spread));
    return weights;
  }

  /** Peaks of the histogram of gradients about a place, radians. */
  private static List<Double> directions(GreyImage image, double x, double y) {
    double[] histogram = new double[BINS];
    for (int v = -RADIUS; v <= RADIUS; v++) {
      for (int u = -RADIUS; u <= RADIUS; u++) {
        double gx = image.at(x + u + 1, y + v) - image.at(x + u - 1, y + v);
        double gy = image.at(x + u, y + v + 1) - image.at(x + u, y + v - 1);
        double near = NEAR[u * u + v * v];
        double at = (StrictMath.atan2(gy, gx) / (2 * Math.PI) + 1) * BINS;
        histogram[(int) at % BINS] += near * Math.sqrt(gx * gx + gy * gy);
      }
    }
    double[] smooth = new double[BINS];
    double most = 0;
    for (int b = 0; b < BINS; b++) {
      smooth[b] =
          (histogram[(b + BINS - 1) % BINS] + 2 * histogram[b] + histogram[(b + 1) % BINS]) / 4;
      most = Math.max(most, smooth[b]);
    }
    List<Double> directions = new ArrayList<>();
    for (int b = 0; b < BINS; b++) {
      double before = smooth[(b + BINS - 1) % BINS];
      double after = smooth[(b + 1) % BINS];
      if (smooth[b] >= ALSO * most && smooth[b] > before && smooth[b] >= after) {
        double shift = (before - after) / (2 * (before - 2 * smooth[b] + after));
        directions.add((b + 0.5 + shift) * 2 * Math.PI / BINS);
      }
    }
    return directions;
  }

  private static float[] describe(GreyImage image, double x, double y, double direction) {
    double cos = StrictMath.cos(direction);
    double sin = StrictMath.sin(direction);
    float[] descriptor = new float[LENGTH];
    for (int v = -HALF; v < HALF; v++) {
      for (int u = -HALF; u < HALF; u++) {
        double px = x + cos * (u + 0.5) - sin * (v + 0.5);
        double py = y + sin * (u + 0.5) + cos * (v + 0.5);
        double gx = image.at(px + 1, py) - image.at(px - 1, py);
        double gy = image.at(px, py + 1) - image.at(px, py - 1);
        double strength = Math.sqrt(gx * gx + gy * gy) * INSIDE[u * u + v * v];
        double turn = (StrictMath.atan2(gy, gx) - direction) / (2 * Math.PI) + 2;
        spread(
            descriptor, u / CELL + 1.5, v / CELL + 1.5, (turn - (int) turn) * DIRECTIONS, strength);
      }
    }
    normalise(descriptor);
    for (int i = 0; i < LENGTH; i++) {
      descriptor[i] = Math.min(LARGEST, descriptor[i]);
    }
    normalise(descriptor);
    return descriptor;
  }

  /** To the two nearest cells each way and the two nearest directions. */
  private static void spread(
      float[] descriptor, double column, double row, double direction, double strength) {
    int c0 = (int) Math.floor(column);
    int r0 = (int) Math.floor(row);
    int d0 = (int) direction;
    for (int k = 0; k < 8; k++) {
      int c = c0 + (k & 1);
      int r = r0 + (k >> 1 & 1);
      int d = d0 + (k >> 2);
      if (c >= 0 && c < CELLS && r >= 0 && r < CELLS) {
        double share =
            (1 - Math.abs(column - c)) * (1 - Math.abs(row - r)) * (1 - Math.abs(direction - d));
        descriptor[(r * CELLS + c) * DIRECTIONS + d % DIRECTIONS] += (float) (share * strength);
      }
    }
  }

  private static void normalise(float[] descriptor) {
    double squares = 1e-12;
    for (float value : descriptor) {
      squares += (double) value * value;
    }
    float over = (float) (1 / Math.sqrt(squares));
    for (int i = 0; i < descriptor.length; i++) {
      descriptor[i] *= over;
    }
  }

  static float alike(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < LENGTH; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /**
   * For each descriptor of this image the one of another that looks most alike, when it is the
   * other way round, too, and no other place looks nearly as much alike; -1 elsewhere.
   */
  int[] matches(Descriptors other, double ratio) {
    int n = count();
    int m = other.count();
    int[] best = new int[n];
    int[] back = new int[m];
    float[] backMost = new float[m];
    Arrays.fill(back, -1);
    for (int i = 0; i < n; i++) {
      float most = -1;
      best[i] = -1;
      float[] row = new float[m];
      for (int j = 0; j < m; j++) {
        row[j] = alike(of[i], other.of[j]);
        if (row[j] > most) {
          most = row[j];
          best[i] = j;
        }
        if (row[j] > backMost[j]) {
          backMost[j] = row[j];
          back[j] = i;
        }
      }
      float second = -1;
      for (int j = 0; j < m && best[i] >= 0; j++) {
        boolean same = other.x[j] == other.x[best[i]] && other.y[j] == other.y[best[i]];
        if (!same && row[j] > second) {
          second = row[j];
        }
      }
      // Distances of unit vectors: their squares are 2 - 2 x product.
      if (best[i] >= 0 && 1 - most > ratio * ratio * (1 - second)) {
        best[i] = -1;
      }
    }
    for (int i = 0; i < n; i++) {
      if (best[i] >= 0 && back[best[i]] != i) {
        best[i] = -1;
      }
    }
    return best;
  }
}
