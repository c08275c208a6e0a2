package io.lite3r.imaging;

/**
 * What the first bytes of an image say of it. Nothing is decoded; the claim may be forged, so check
 * it against {@link ImageLimits} before anything is.
 *
 * @param format JPEG or PNG, by the magic bytes alone
 * @param width pixels a row
 * @param height rows
 */
public record ImageHeader(ImageFormat format, int width, int height) {

  /**
   * Reads type and size.
   *
   * @throws ImageRefused for bytes that are neither JPEG nor PNG, end before the size is told, or
   *     announce pixels that are not taken (CMYK, 16 bits a channel)
   */
  public static ImageHeader read(byte[] bytes) throws ImageRefused {
    if (JpegStructure.hasMagic(bytes)) {
      return JpegStructure.header(bytes);
    }
    if (PngStructure.hasMagic(bytes)) {
      return PngStructure.header(bytes);
    }
    throw new ImageRefused(
        ImageRefused.Reason.UNSUPPORTED_MEDIA,
        bytes.length == 0
            ? "The image is empty. Send the bytes of a JPEG or PNG file."
            : "The first bytes are neither JPEG's nor PNG's. Send a JPEG or PNG file.");
  }
}
