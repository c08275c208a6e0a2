package io.lite3r.imaging;

import io.lite3r.imaging.ImageRefused.Reason;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** The chunk structure of a PNG file: its size without decoding, and that it is whole. */
final class PngStructure {
  private static final long MAGIC = 0x89504e470d0a1a0aL;
  private static final int IHDR = 0x49484452;
  private static final int IEND = 0x49454e44;

  private PngStructure() {}

  static boolean hasMagic(byte[] bytes) {
    return bytes.length >= 8 && ByteBuffer.wrap(bytes).getLong() == MAGIC;
  }

  static ImageHeader header(byte[] bytes) throws ImageRefused {
    if (bytes.length < 33) {
      throw truncated(bytes);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt(8) != 13 || in.getInt(12) != IHDR) {
      throw new ImageRefused(
          Reason.UNDECODABLE, "The PNG does not begin with its header. Send an intact file.");
    }
    int bits = bytes[24];
    if (bits == 16) {
      throw new ImageRefused(
          Reason.UNSUPPORTED_MEDIA,
          "The PNG has 16 bits a channel, as depth maps do. Send the photograph with 8 bits.");
    }
    int width = in.getInt(16);
    int height = in.getInt(20);
    if (width < 0 || height < 0) {
      throw new ImageRefused(
          Reason.BAD_DIMENSIONS,
          "The header says %s x %s pixels. Send the camera's own image."
              .formatted(Integer.toUnsignedString(width), Integer.toUnsignedString(height)));
    }
    return new ImageHeader(ImageFormat.PNG, width, height);
  }

  /** Walks every chunk, its checksum included, to the end chunk; what follows is not looked at. */
  static void requireWhole(byte[] bytes) throws ImageRefused {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CRC32 crc = new CRC32();
    int position = 8;
    while (true) {
      if (bytes.length - position < 12) {
        throw truncated(bytes);
      }
      int length = in.getInt(position);
      int type = in.getInt(position + 4);
      if (length < 0 || length > bytes.length - position - 12) {
        throw truncated(bytes);
      }
      crc.reset();
      crc.update(bytes, position + 4, length + 4);
      if ((int) crc.getValue() != in.getInt(position + 8 + length)) {
        throw new ImageRefused(
            Reason.UNDECODABLE,
            "A PNG chunk at byte %d fails its checksum. Send an intact file.".formatted(position));
      }
      if (type == IEND) {
        return;
      }
      position += length + 12;
    }
  }

  private static ImageRefused truncated(byte[] bytes) {
    return new ImageRefused(
        Reason.TRUNCATED,
        "The PNG stops after %d bytes without its end. Send the whole file."
            .formatted(bytes.length));
  }
}
