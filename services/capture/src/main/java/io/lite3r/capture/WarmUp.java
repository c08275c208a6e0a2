package io.lite3r.capture;

import io.lite3r.imaging.ImageLimits;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import java.util.List;

/**
 * Prepares images that nobody sent, so that classes are loaded and loops compiled before a camera
 * waits for them. Nothing is published, stored or counted.
 */
public final class WarmUp {
  /** Larger than a view, so that it is decoded, resampled and encoded. */
  private static final int WIDTH = 960;

  private static final int HEIGHT = 720;
  private static final int IMAGES = 3;

  private WarmUp() {}

  /** Returns how long it took, nanoseconds; tenths of a second on a machine that just started. */
  public static long run() {
    long start = System.nanoTime();
    FramePreparation preparation = new FramePreparation(ImageLimits.DEFAULT, 1 << 24);
    for (int i = 0; i < IMAGES; i++) {
      try {
        PreparedFrame frame = preparation.prepare(request(i), stripes(i));
        if (frame.view().width() >= WIDTH) {
          throw new IllegalStateException("an image of %d pixels is no view".formatted(WIDTH));
        }
      } catch (FrameRefused e) {
        throw new IllegalStateException("an image of our own making was refused", e);
      }
    }
    return System.nanoTime() - start;
  }

  private static FrameRequest request(int i) {
    return new FrameRequest(
        new FrameName("nowhere", "never", "none", i),
        0,
        List.of(),
        null,
        null,
        null,
        null,
        true,
        "");
  }

  private static byte[] stripes(int i) {
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    for (int p = 0; p < rgb.length; p++) {
      rgb[p] = (byte) ((p / 3 % WIDTH + p / (3 * WIDTH) + 8 * i) * 4);
    }
    return JpegWriter.encode(new RgbImage(WIDTH, HEIGHT, rgb), 0.9);
  }
}
