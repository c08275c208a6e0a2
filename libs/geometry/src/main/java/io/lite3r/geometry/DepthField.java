package io.lite3r.geometry;

import java.util.List;

/**
 * A smooth correction of a depth map: what depth is to be multiplied with, at the nodes of a coarse
 * grid whose outer nodes lie on the image's border, and bilinear between them.
 *
 * @param columns nodes from the left border to the right one, at least 2
 * @param rows nodes from the upper border to the lower one, at least 2
 * @param gain factors at the nodes, row by row; positive
 */
public record DepthField(int columns, int rows, List<Double> gain) {

  public DepthField {
    gain = List.copyOf(gain);
    if (columns < 2 || rows < 2 || gain.size() != columns * rows) {
      throw new IllegalArgumentException(
          "a field of %d x %d nodes, at least 2 x 2, cannot have %d factors"
              .formatted(columns, rows, gain.size()));
    }
    for (double factor : gain) {
      if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("depth cannot be multiplied with " + factor);
      }
    }
  }

  /**
   * The depth map with the correction; none (0) stays none.
   *
   * @param depth row by row
   * @param width pixels in a row
   */
  public float[] corrected(float[] depth, int width) {
    int height = depth.length / width;
    float[] corrected = new float[depth.length];
    double[] line = new double[columns];
    for (int y = 0; y < height; y++) {
      double v = (y + 0.5) / height * (rows - 1);
      int row = Math.min(rows - 2, (int) v);
      for (int c = 0; c < columns; c++) {
        double above = gain.get(row * columns + c);
        line[c] = above + (v - row) * (gain.get((row + 1) * columns + c) - above);
      }
      for (int x = 0; x < width; x++) {
        double u = (x + 0.5) / width * (columns - 1);
        int c = Math.min(columns - 2, (int) u);
        int i = y * width + x;
        corrected[i] = (float) (depth[i] * (line[c] + (u - c) * (line[c + 1] - line[c])));
      }
    }
    return corrected;
  }
}
