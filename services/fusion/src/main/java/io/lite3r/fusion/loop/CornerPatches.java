package io.lite3r.fusion.loop;

import io.lite3r.fusion.refine.Corners;
import io.lite3r.fusion.refine.GreyImage;
import io.lite3r.fusion.submap.SubmapView;
import java.util.ArrayList;
import java.util.List;

/**
 * What the surroundings of an image's corners look like, so that they can be told from others and
 * found again in an image taken later: sums of brightness steps and of their sizes along x and y,
 * in four by four cells about the corner, scaled to length one. The upright form of SURF's
 * descriptor (Bay, Ess, Tuytelaars, Van Gool, 2008) at one scale: cameras that come back to a place
 * mostly hold the image upright.
 *
 * @param x where each corner is, pixels
 * @param y where each corner is
 * @param patches of each corner, {@link #SIZE} numbers
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
record CornerPatches(double[] x, double[] y, float[][] patches) {
  static final int SIZE = 64;
  private static final int CELLS = 4;

  /** Edge of a cell, pixels. */
  private static final int CELL = 5;

  static CornerPatches of(SubmapView view) {
    return of(GreyImage.of(view.rgb(), view.width(), view.height()));
  }

  static CornerPatches of(GreyImage image) {
    Corners corners = Corners.of(image);
    List<Integer> whole = new ArrayList<>();
    int reach = CELLS * CELL / 2 + 1;
    for (int i = 0; i < corners.count(); i++) {
      if (corners.x[i] > reach
          && corners.y[i] > reach
          && corners.x[i] < image.width - reach
          && corners.y[i] < image.height - reach) {
        whole.add(i);
      }
    }
    double[] x = whole.stream().mapToDouble(i -> corners.x[i]).toArray();
    double[] y = whole.stream().mapToDouble(i -> corners.y[i]).toArray();
    float[][] patches = new float[x.length][];
    for (int i = 0; i < x.length; i++) {
      patches[i] = patch(image, (int) x[i], (int) y[i]);
    }
    return new CornerPatches(x, y, patches);
  }

  /** Of two patches: 1 when they look the same. */
  static float dot(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < SIZE; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static float[] patch(GreyImage image, int centreX, int centreY) {
    float[] patch = new float[SIZE];
    int half = CELLS * CELL / 2;
    int w = image.width;
    for (int v = -half; v < half; v++) {
      for (int u = -half; u < half; u++) {
        int i = (centreY + v) * w + centreX + u;
        float dx = image.value[i + 1] - image.value[i - 1];
        float dy = image.value[i + w] - image.value[i - w];
        int cell = 4 * (CELLS * ((v + half) / CELL) + (u + half) / CELL);
        patch[cell] += dx;
        patch[cell + 1] += Math.abs(dx);
        patch[cell + 2] += dy;
        patch[cell + 3] += Math.abs(dy);
      }
    }
    double square = 0;
    for (float value : patch) {
      square += value * value;
    }
    float norm = (float) Math.sqrt(Math.max(1e-12, square));
    for (int i = 0; i < SIZE; i++) {
      patch[i] /= norm;
    }
    return patch;
  }
}
