package io.lite3r.imaging;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Images with enough detail that every part of a file matters. */
final class TestImages {
  private TestImages() {}

  static RgbImage pattern(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = 3 * (y * width + x);
        rgb[i] = (byte) (128 + 100 * Math.sin(x * 0.11 + y * 0.05));
        rgb[i + 1] = (byte) (128 + 90 * Math.sin(y * 0.17 - x * 0.03));
        rgb[i + 2] = (byte) ((x * 7 + y * 13 + (x * y) % 31) & 0xff);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  static BufferedImage buffered(int width, int height, int type) {
    RgbImage pattern = pattern(width, height);
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(
            x,
            y,
            0xff000000
                | pattern.at(x, y, 0) << 16
                | pattern.at(x, y, 1) << 8
                | pattern.at(x, y, 2));
      }
    }
    return image;
  }

  static byte[] encoded(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException("no writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
