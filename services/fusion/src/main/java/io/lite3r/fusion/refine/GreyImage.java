package io.lite3r.fusion.refine;

/** Brightness of an image, slightly smoothed, so that it can be read between pixels. */
public final class GreyImage {
  public final int width;
  public final int height;
  public final float[] value;

  private GreyImage(int width, int height, float[] value) {
    this.width = width;
    this.height = height;
    this.value = value;
  }

  /** From red, green and blue, row by row; smoothed by (1 2 1)/4 each way. */
  public static GreyImage of(byte[] rgb, int width, int height) {
    float[] luma = new float[width * height];
    for (int i = 0; i < luma.length; i++) {
      luma[i] =
          0.299f * (rgb[3 * i] & 0xff)
              + 0.587f * (rgb[3 * i + 1] & 0xff)
              + 0.114f * (rgb[3 * i + 2] & 0xff);
    }
    float[] across = new float[luma.length];
    for (int y = 0; y < height; y++) {
      int row = y * width;
      for (int x = 0; x < width; x++) {
        float left = luma[row + Math.max(0, x - 1)];
        float right = luma[row + Math.min(width - 1, x + 1)];
        across[row + x] = (left + 2 * luma[row + x] + right) / 4;
      }
    }
    for (int y = 0; y < height; y++) {
      int up = Math.max(0, y - 1) * width;
      int down = Math.min(height - 1, y + 1) * width;
      for (int x = 0; x < width; x++) {
        luma[y * width + x] = (across[up + x] + 2 * across[y * width + x] + across[down + x]) / 4;
      }
    }
    return new GreyImage(width, height, luma);
  }

  /** Between the four nearest pixel centres; continuous coordinates, corner origin. */
  public double at(double x, double y) {
    double px = Math.clamp(x - 0.5, 0, width - 1.001);
    double py = Math.clamp(y - 0.5, 0, height - 1.001);
    int x0 = (int) px;
    int y0 = (int) py;
    double fx = px - x0;
    double fy = py - y0;
    int i = y0 * width + x0;
    return (1 - fy) * ((1 - fx) * value[i] + fx * value[i + 1])
        + fy * ((1 - fx) * value[i + width] + fx * value[i + width + 1]);
  }

  /** Reads the square about a place, row by row, all at one fraction of a pixel; its mean. */
  double square(double x, double y, int half, double[] into) {
    int x0 = (int) Math.floor(x - 0.5);
    int y0 = (int) Math.floor(y - 0.5);
    double fx = x - 0.5 - x0;
    double fy = y - 0.5 - y0;
    double a = (1 - fx) * (1 - fy);
    double b = fx * (1 - fy);
    double c = (1 - fx) * fy;
    double d = fx * fy;
    double sum = 0;
    int n = 0;
    for (int v = -half; v <= half; v++) {
      int i = (y0 + v) * width + x0 - half;
      for (int u = -half; u <= half; u++, i++) {
        double read =
            a * value[i] + b * value[i + 1] + c * value[i + width] + d * value[i + width + 1];
        into[n++] = read;
        sum += read;
      }
    }
    return sum / n;
  }

  /** Mean absolute difference from an image of the same size, grey levels. */
  double distance(GreyImage other) {
    double sum = 0;
    for (int i = 0; i < value.length; i++) {
      sum += Math.abs(value[i] - other.value[i]);
    }
    return sum / value.length;
  }

  /** Whether a square of this half size about the place lies inside. */
  boolean holds(double x, double y, double half) {
    return x >= half && y >= half && x <= width - half && y <= height - half;
  }
}
