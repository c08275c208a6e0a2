package io.lite3r.imaging;

/**
 * An 8-bit RGB image: {@code rgb[3 * (y * width + x) + c]}, c = 0 red, 1 green, 2 blue, without row
 * padding. Wraps the array it is given; whoever makes an image hands the array over and writes to
 * it no more.
 */
public final class RgbImage {
  private final int width;
  private final int height;
  private final byte[] rgb;

  public RgbImage(int width, int height, byte[] rgb) {
    if (width <= 0 || height <= 0 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "an image of %d x %d pixels needs 3 bytes for each, got %d bytes"
              .formatted(width, height, rgb.length));
    }
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /** Pixels a row. */
  public int width() {
    return width;
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** The pixels themselves, not a copy; see the class for their order. */
  public byte[] rgb() {
    return rgb;
  }

  /** One channel of one pixel, 0..255. */
  public int at(int x, int y, int channel) {
    return rgb[3 * (y * width + x) + channel] & 0xff;
  }
}
