package io.lite3r.schemas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Depth, confidence and colour of a window's views: the codec of {@code
 * application/x-lite3r-submap} (submap-object.md). Depth and confidence pass through half
 * precision, so what is read back is the nearest half of what was written.
 */
public final class SubmapObject {
  public static final String MEDIA_TYPE = "application/x-lite3r-submap";

  private static final int MAGIC = 'L' | '3' << 8 | 'R' << 16 | 'S' << 24;
  private static final short VERSION = 1;
  private static final int HEADER = 12;
  private static final int BYTES_PER_PIXEL = 2 + 2 + 3;
  private static final float LARGEST_HALF = 65504f;

  /** No model that is served comes near; a header that claims more is forged. */
  private static final long LARGEST_PIXEL_COUNT = 1L << 26;

  private final int width;
  private final int height;
  private final List<View> views;

  /** Wraps the views without a copy. */
  public SubmapObject(int width, int height, List<View> views) {
    long pixels = (long) width * height * views.size();
    if (width < 1 || height < 1 || views.isEmpty() || views.size() > 0xffff) {
      throw new IllegalArgumentException(
          "a submap needs views with pixels, got %d of %d x %d"
              .formatted(views.size(), width, height));
    }
    if (width > 0xffff || height > 0xffff || pixels > LARGEST_PIXEL_COUNT) {
      throw new IllegalArgumentException(
          "a submap of %d views of %d x %d is too large".formatted(views.size(), width, height));
    }
    for (View view : views) {
      view.requireSize(width * height);
    }
    this.width = width;
    this.height = height;
    this.views = List.copyOf(views);
  }

  /**
   * One view, arrays row by row: depth (z-depth in submap units, 0 = none), confidence (>= 1,
   * larger is surer; 0 where depth is 0), and RGB interleaved. Read only once wrapped.
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; three arrays with names and no more.
  public record View(float[] depth, float[] confidence, byte[] rgb) {
    void requireSize(int pixels) {
      if (depth.length != pixels || confidence.length != pixels || rgb.length != 3 * pixels) {
        throw new IllegalArgumentException(
            "a view of %d pixels needs as many depths and confidences and three times the colours, got %d, %d and %d"
                .formatted(pixels, depth.length, confidence.length, rgb.length));
      }
    }
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /** The views in the window's order. */
  public List<View> views() {
    return views;
  }

  /** The object's bytes. Throws when a depth or confidence is negative or not a finite half. */
  public byte[] encode() {
    int pixels = width * height;
    byte[] planes = new byte[views.size() * pixels * BYTES_PER_PIXEL];
    int at = 0;
    for (View view : views) {
      splitHalves(view.depth(), planes, at);
      splitHalves(view.confidence(), planes, at + 2 * pixels);
      splitColours(view.rgb(), planes, at + 4 * pixels);
      at += pixels * BYTES_PER_PIXEL;
    }
    byte[] packed = deflate(planes);
    return ByteBuffer.allocate(HEADER + packed.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(MAGIC)
        .putShort(VERSION)
        .putShort((short) views.size())
        .putShort((short) height)
        .putShort((short) width)
        .put(packed)
        .array();
  }

  /** The submap in these bytes; throws {@link IllegalArgumentException} when they are none. */
  public static SubmapObject decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < HEADER || in.getInt() != MAGIC) {
      throw new IllegalArgumentException("not a submap object: it does not begin with L3RS");
    }
    short version = in.getShort();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "submap object of version %d, this reader knows version %d".formatted(version, VERSION));
    }
    int count = Short.toUnsignedInt(in.getShort());
    int height = Short.toUnsignedInt(in.getShort());
    int width = Short.toUnsignedInt(in.getShort());
    if ((long) count * height * width > LARGEST_PIXEL_COUNT) {
      throw new IllegalArgumentException(
          "submap object claims %d views of %d x %d: too large".formatted(count, width, height));
    }
    int pixels = width * height;
    byte[] planes = inflate(bytes, count * pixels * BYTES_PER_PIXEL);
    View[] views = new View[count];
    for (int i = 0; i < count; i++) {
      int at = i * pixels * BYTES_PER_PIXEL;
      views[i] =
          new View(
              joinHalves(planes, at, pixels),
              joinHalves(planes, at + 2 * pixels, pixels),
              joinColours(planes, at + 4 * pixels, pixels));
    }
    return new SubmapObject(width, height, List.of(views));
  }

  private static void splitHalves(float[] values, byte[] planes, int at) {
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0 && values[i] <= LARGEST_HALF)) {
        throw new IllegalArgumentException(
            "depth and confidence must be in 0..65504, got " + values[i]);
      }
      short half = Float.floatToFloat16(values[i]);
      planes[at + i] = (byte) half;
      planes[at + values.length + i] = (byte) (half >> 8);
    }
  }

  private static float[] joinHalves(byte[] planes, int at, int pixels) {
    float[] values = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      values[i] =
          Float.float16ToFloat(
              (short) (Byte.toUnsignedInt(planes[at + i]) | planes[at + pixels + i] << 8));
    }
    return values;
  }

  private static void splitColours(byte[] rgb, byte[] planes, int at) {
    int pixels = rgb.length / 3;
    for (int i = 0; i < pixels; i++) {
      planes[at + i] = rgb[3 * i];
      planes[at + pixels + i] = rgb[3 * i + 1];
      planes[at + 2 * pixels + i] = rgb[3 * i + 2];
    }
  }

  private static byte[] joinColours(byte[] planes, int at, int pixels) {
    byte[] rgb = new byte[3 * pixels];
    for (int i = 0; i < pixels; i++) {
      rgb[3 * i] = planes[at + i];
      rgb[3 * i + 1] = planes[at + pixels + i];
      rgb[3 * i + 2] = planes[at + 2 * pixels + i];
    }
    return rgb;
  }

  private static byte[] deflate(byte[] planes) {
    // Planes of like bytes compress nearly as well at the fastest level, in a quarter of the time.
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try {
      deflater.setInput(planes);
      deflater.finish();
      byte[] out = new byte[planes.length + planes.length / 1000 + 64];
      int length = 0;
      while (!deflater.finished()) {
        if (length == out.length) {
          out = Arrays.copyOf(out, 2 * out.length);
        }
        length += deflater.deflate(out, length, out.length - length);
      }
      return Arrays.copyOf(out, length);
    } finally {
      deflater.end();
    }
  }

  private static byte[] inflate(byte[] bytes, int expected) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(bytes, HEADER, bytes.length - HEADER);
      byte[] planes = new byte[expected];
      int length = 0;
      while (length < expected) {
        int n = inflater.inflate(planes, length, expected - length);
        if (n == 0) {
          throw new IllegalArgumentException(
              "submap object ends after %d of %d bytes".formatted(length, expected));
        }
        length += n;
      }
      if (inflater.inflate(new byte[1]) != 0
          || !inflater.finished()
          || inflater.getRemaining() > 0) {
        throw new IllegalArgumentException("submap object holds more than its header says");
      }
      return planes;
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("submap object is damaged: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }
}
