package io.lite3r.capture;

import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;

/** Sound images, different for every seed. */
public final class Pictures {
  private Pictures() {}

  public static RgbImage pattern(int width, int height, int seed) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = 3 * (y * width + x);
        rgb[i] = (byte) (128 + 100 * Math.sin(x * 0.11 + y * 0.05 + seed));
        rgb[i + 1] = (byte) (128 + 90 * Math.sin(y * 0.17 - x * 0.03 + 2 * seed));
        rgb[i + 2] = (byte) (128 + 80 * Math.sin((x + y) * 0.07 + 3 * seed));
      }
    }
    return new RgbImage(width, height, rgb);
  }

  public static byte[] jpeg(int width, int height, int seed) {
    return JpegWriter.encode(pattern(width, height, seed), 0.9);
  }
}
