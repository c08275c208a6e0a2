package io.lite3r.imaging;

/**
 * What an image may measure, checked on its header before anything is decoded, so that a forged
 * header of a few bytes cannot ask for gigabytes.
 *
 * @param minSide fewest pixels along either side
 * @param maxSide most pixels along either side
 * @param maxPixels most pixels in all
 */
public record ImageLimits(int minSide, int maxSide, long maxPixels) {
  /** From 16 pixels a side to 16384 a side and 50 million in all. */
  public static final ImageLimits DEFAULT = new ImageLimits(16, 16_384, 50_000_000);

  public ImageLimits {
    if (minSide < 1 || maxSide < minSide || maxPixels < (long) minSide * minSide) {
      throw new IllegalArgumentException(
          "image limits let nothing through: sides %d to %d, %d pixels"
              .formatted(minSide, maxSide, maxPixels));
    }
  }

  /** Passes an image of these measures or refuses it as {@code BAD_DIMENSIONS}. */
  public void check(int width, int height) throws ImageRefused {
    if (width < minSide || height < minSide || width > maxSide || height > maxSide) {
      throw new ImageRefused(
          ImageRefused.Reason.BAD_DIMENSIONS,
          "The header says %d x %d pixels; sides must be %d to %d. Send the camera's own image, or resize it."
              .formatted(width, height, minSide, maxSide));
    }
    if ((long) width * height > maxPixels) {
      throw new ImageRefused(
          ImageRefused.Reason.BAD_DIMENSIONS,
          "The header says %d x %d pixels, more than the %d a frame may have. Resize the image."
              .formatted(width, height, maxPixels));
    }
  }
}
