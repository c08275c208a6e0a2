package io.lite3r.imaging;

import io.lite3r.imaging.ImageRefused.Reason;

/**
 * The marker structure of a JPEG file (ITU T.81, annex B): enough to learn its size without
 * decoding and to see that it is whole. The JDK fills a file that stops half way with grey and says
 * nothing, so the end-of-image marker is looked for here.
 */
final class JpegStructure {
  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;

  private JpegStructure() {}

  static boolean hasMagic(byte[] bytes) {
    return bytes.length >= 3 && at(bytes, 0) == 0xff && at(bytes, 1) == SOI && at(bytes, 2) == 0xff;
  }

  /** Size and colour from the frame header (SOFn), wherever it stands. */
  static ImageHeader header(byte[] bytes) throws ImageRefused {
    int position = 2;
    while (true) {
      int marker = markerAt(bytes, position);
      position = afterFill(bytes, position);
      if (isFrameHeader(marker)) {
        return frameHeader(bytes, position, marker);
      }
      if (marker == SOS || marker == EOI) {
        throw new ImageRefused(
            Reason.UNDECODABLE,
            "The JPEG has no frame header before its pixels. Send an intact file.");
      }
      position = segmentEnd(bytes, position, marker);
    }
  }

  /** Walks every segment and scan to the end-of-image marker; what follows it is not looked at. */
  static void requireWhole(byte[] bytes) throws ImageRefused {
    int position = 2;
    int frames = 0;
    boolean scanned = false;
    while (true) {
      int marker = markerAt(bytes, position);
      position = afterFill(bytes, position);
      if (marker == EOI) {
        if (!scanned) {
          throw new ImageRefused(
              Reason.UNDECODABLE, "The JPEG ends without any pixels. Send an intact file.");
        }
        return;
      }
      if (isFrameHeader(marker) && ++frames > 1) {
        throw new ImageRefused(
            Reason.UNDECODABLE,
            "The JPEG announces its size twice. Send a file with one image and one size.");
      }
      position = segmentEnd(bytes, position, marker);
      if (marker == SOS) {
        scanned = true;
        position = scanEnd(bytes, position);
      }
    }
  }

  private static ImageHeader frameHeader(byte[] bytes, int position, int marker)
      throws ImageRefused {
    int end = segmentEnd(bytes, position, marker);
    if (end - position < 8) {
      throw new ImageRefused(
          Reason.UNDECODABLE, "The JPEG's frame header is too short. Send an intact file.");
    }
    int precision = at(bytes, position + 2);
    int height = at(bytes, position + 3) << 8 | at(bytes, position + 4);
    int width = at(bytes, position + 5) << 8 | at(bytes, position + 6);
    int components = at(bytes, position + 7);
    if (precision != 8) {
      throw new ImageRefused(
          Reason.UNSUPPORTED_MEDIA,
          "The JPEG has %d bits a channel. Convert it to 8 bits.".formatted(precision));
    }
    if (components != 1 && components != 3) {
      throw new ImageRefused(
          Reason.UNSUPPORTED_MEDIA,
          "The JPEG has %d colour channels%s. Convert it to RGB or greyscale."
              .formatted(components, components == 4 ? " (CMYK)" : ""));
    }
    return new ImageHeader(ImageFormat.JPEG, width, height);
  }

  /** SOF0..SOF15 without DHT (c4), JPG (c8) and DAC (cc). */
  private static boolean isFrameHeader(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static int markerAt(byte[] bytes, int position) throws ImageRefused {
    if (position < bytes.length && at(bytes, position) != 0xff) {
      throw new ImageRefused(
          Reason.UNDECODABLE,
          "The JPEG's segments are broken at byte %d. Send an intact file.".formatted(position));
    }
    int next = position;
    while (next < bytes.length && at(bytes, next) == 0xff) {
      next++;
    }
    if (next >= bytes.length) {
      throw truncated(bytes);
    }
    return at(bytes, next);
  }

  /** A marker may be preceded by any number of fill bytes ff. */
  private static int afterFill(byte[] bytes, int position) {
    int next = position;
    while (at(bytes, next) == 0xff) {
      next++;
    }
    return next + 1;
  }

  private static int segmentEnd(byte[] bytes, int position, int marker) throws ImageRefused {
    boolean standsAlone = marker == 0x01 || (marker >= 0xd0 && marker <= SOI);
    if (standsAlone) {
      return position;
    }
    if (position + 2 > bytes.length) {
      throw truncated(bytes);
    }
    int length = at(bytes, position) << 8 | at(bytes, position + 1);
    if (length < 2) {
      throw new ImageRefused(
          Reason.UNDECODABLE,
          "The JPEG has a segment of impossible length at byte %d. Send an intact file."
              .formatted(position));
    }
    if (position + length > bytes.length) {
      throw truncated(bytes);
    }
    return position + length;
  }

  /** Entropy-coded data ends at ff followed by anything but a stuffed zero or a restart marker. */
  private static int scanEnd(byte[] bytes, int position) throws ImageRefused {
    for (int i = position; i + 1 < bytes.length; i++) {
      if (bytes[i] == (byte) 0xff) {
        int next = at(bytes, i + 1);
        boolean data = next == 0 || (next >= 0xd0 && next <= 0xd7);
        if (!data && next != 0xff) {
          return i;
        }
      }
    }
    throw truncated(bytes);
  }

  private static ImageRefused truncated(byte[] bytes) {
    return new ImageRefused(
        Reason.TRUNCATED,
        "The JPEG stops after %d bytes without its end-of-image marker. Send the whole file."
            .formatted(bytes.length));
  }

  private static int at(byte[] bytes, int position) {
    return bytes[position] & 0xff;
  }
}
