package io.lite3r.imaging;

import io.lite3r.imaging.ImageRefused.Reason;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/**
 * Decodes a JPEG or PNG that is whole and sound, and refuses every other. Header and limits come
 * first, then the structure to its very end, then the pixels; a warning of the decoder is a
 * refusal, since a frame with invented pixels would be fused as if it had been seen. Greyscale
 * becomes RGB; an alpha channel is dropped when it is opaque everywhere.
 */
public final class StrictDecoder {
  private StrictDecoder() {}

  /** Decodes within {@link ImageLimits#DEFAULT}. */
  public static RgbImage decode(byte[] bytes) throws ImageRefused {
    return decode(bytes, ImageLimits.DEFAULT);
  }

  public static RgbImage decode(byte[] bytes, ImageLimits limits) throws ImageRefused {
    ImageHeader header = ImageHeader.read(bytes);
    limits.check(header.width(), header.height());
    switch (header.format()) {
      case JPEG -> JpegStructure.requireWhole(bytes);
      case PNG -> PngStructure.requireWhole(bytes);
    }
    BufferedImage decoded = read(bytes, header);
    if (decoded.getWidth() != header.width() || decoded.getHeight() != header.height()) {
      throw new ImageRefused(
          Reason.UNDECODABLE,
          "The header says %d x %d pixels, the image has %d x %d. Send an intact file."
              .formatted(header.width(), header.height(), decoded.getWidth(), decoded.getHeight()));
    }
    return RgbPixels.of(decoded);
  }

  private static BufferedImage read(byte[] bytes, ImageHeader header) throws ImageRefused {
    ImageFormat format = header.format();
    ImageReader reader =
        ImageIO.getImageReadersByFormatName(format == ImageFormat.JPEG ? "jpeg" : "png").next();
    List<String> warnings = new ArrayList<>();
    try (ByteArrayImageInput input = new ByteArrayImageInput(bytes)) {
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(input, true, true);
      ImageReadParam asStored = reader.getDefaultReadParam();
      asStored.setDestination(RgbPixels.destination(reader.getImageTypes(0).next(), header));
      BufferedImage image = reader.read(0, asStored);
      if (!warnings.isEmpty()) {
        throw new ImageRefused(
            Reason.UNDECODABLE,
            "The %s decoder warns: %s. Send an intact file."
                .formatted(format, warnings.getFirst()));
      }
      return image;
    } catch (IOException | RuntimeException e) {
      // The JDK's readers answer some broken files with unchecked exceptions.
      throw new ImageRefused(
          Reason.UNDECODABLE,
          "The %s decoder fails: %s. Send an intact file.".formatted(format, e.getMessage()),
          e);
    } finally {
      reader.dispose();
    }
  }
}
