package io.lite3r.capture;

import io.lite3r.geometry.Affine2;
import io.lite3r.imaging.AreaResampler;
import io.lite3r.imaging.ImageFormat;
import io.lite3r.imaging.ImageHeader;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;

/**
 * The image that travels: aspect kept, long side at most {@link #LONG_SIDE} pixels, not
 * undistorted, JPEG. Made once and here, so that every model sees the same pixels.
 */
public final class View {
  /** Pixels; enough for any model that is planned, and 60 to 120 kB a view. */
  public static final int LONG_SIDE = 640;

  private static final double QUALITY = 0.92;

  /** A small enough JPEG travels as it came: nothing is gained by coding it once more. */
  private static final int PASSES_AS_IT_IS = 256 * 1024;

  private final byte[] jpeg;
  private final int width;
  private final int height;
  private final Affine2 originalFromView;

  private View(byte[] jpeg, int width, int height, Affine2 originalFromView) {
    this.jpeg = jpeg;
    this.width = width;
    this.height = height;
    this.originalFromView = originalFromView;
  }

  /** The view of an original that has been decoded, and so is known to be sound. */
  static View of(byte[] original, ImageHeader header, RgbImage image) {
    int longSide = Math.max(image.width(), image.height());
    if (longSide <= LONG_SIDE
        && header.format() == ImageFormat.JPEG
        && original.length <= PASSES_AS_IT_IS) {
      return new View(original, image.width(), image.height(), Affine2.IDENTITY);
    }
    int width = side(image.width(), longSide);
    int height = side(image.height(), longSide);
    return new View(
        JpegWriter.encode(AreaResampler.resize(image, width, height), QUALITY),
        width,
        height,
        Affine2.resize(width, height, image.width(), image.height()));
  }

  private static int side(int pixels, int longSide) {
    return longSide <= LONG_SIDE
        ? pixels
        : Math.max(1, Math.toIntExact(Math.round((double) pixels * LONG_SIDE / longSide)));
  }

  public byte[] jpeg() {
    return jpeg;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  public Affine2 originalFromView() {
    return originalFromView;
  }
}
