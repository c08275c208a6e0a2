package io.lite3r.standalone.laz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A chunk of points: the first as it is (26 bytes), the others by what differs from the one before
 * (LASzip items POINT10 version 2 and RGB12 version 2). All but position and colour is the same in
 * all points, and so are the lower bytes of colours, which have 8 bits; none of that costs code.
 */
final class ChunkEncoder {
  static final int POINT_BYTES = 26;

  /** One return of one pulse. */
  private static final byte RETURNS = 1 | 1 << 3;

  private static final int RED_DIFFERS = 1 << 1;
  private static final int GREEN_DIFFERS = 1 << 3;
  private static final int BLUE_DIFFERS = 1 << 5;
  private static final int NOT_GREY = 1 << 6;

  private final ByteBuffer first = ByteBuffer.allocate(POINT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final ArithmeticEncoder encoder = new ArithmeticEncoder();
  private final SymbolModel otherFields = new SymbolModel(64);
  private final IntegerCompressor dx = new IntegerCompressor(encoder, 2);
  private final IntegerCompressor dy = new IntegerCompressor(encoder, 22);
  private final IntegerCompressor dz = new IntegerCompressor(encoder, 20);
  private final RunningMedian medianDx = new RunningMedian();
  private final RunningMedian medianDy = new RunningMedian();
  private final SymbolModel coloursUsed = new SymbolModel(128);
  private final SymbolModel redDifference = new SymbolModel(256);
  private final SymbolModel greenDifference = new SymbolModel(256);
  private final SymbolModel blueDifference = new SymbolModel(256);
  private int count;
  private int lastX;
  private int lastY;
  private int lastHeight;
  private int lastRed;
  private int lastGreen;
  private int lastBlue;

  int count() {
    return count;
  }

  /** Adds a point: position in steps of the file's scale, colour in 0..255. */
  void add(int x, int y, int z, int red, int green, int blue) {
    if (count++ == 0) {
      first.putInt(x).putInt(y).putInt(z).putShort((short) 0).put(RETURNS);
      first.position(20);
      first
          .putShort((short) (red << 8))
          .putShort((short) (green << 8))
          .putShort((short) (blue << 8));
    } else {
      encoder.encode(otherFields, 0);
      position(x, y, z);
      colour(red, green, blue);
    }
    lastX = x;
    lastY = y;
    lastRed = red;
    lastGreen = green;
    lastBlue = blue;
  }

  private void position(int x, int y, int z) {
    int differenceX = x - lastX;
    dx.compress(medianDx.get(), differenceX, 1);
    medianDx.add(differenceX);
    int differenceY = y - lastY;
    dy.compress(medianDy.get(), differenceY, 1 + Math.min(20, dx.bits() & ~1));
    medianDy.add(differenceY);
    dz.compress(lastHeight, z, 1 + Math.min(18, ((dx.bits() + dy.bits()) / 2) & ~1));
    lastHeight = z; // of the first point none is kept, as the format has it
  }

  /** Green is predicted by how red has changed, blue by the mean of both. */
  private void colour(int red, int green, int blue) {
    int used =
        (red == lastRed ? 0 : RED_DIFFERS)
            | (green == lastGreen ? 0 : GREEN_DIFFERS)
            | (blue == lastBlue ? 0 : BLUE_DIFFERS)
            | (red == green && green == blue ? 0 : NOT_GREY);
    encoder.encode(coloursUsed, used);
    int change = red - lastRed;
    if ((used & RED_DIFFERS) != 0) {
      encoder.encode(redDifference, change & 255);
    }
    if ((used & NOT_GREY) != 0) {
      if ((used & GREEN_DIFFERS) != 0) {
        encoder.encode(greenDifference, (green - clamp(change + lastGreen)) & 255);
      }
      if ((used & BLUE_DIFFERS) != 0) {
        change = (change + green - lastGreen) / 2;
        encoder.encode(blueDifference, (blue - clamp(change + lastBlue)) & 255);
      }
    }
  }

  private static int clamp(int value) {
    return Math.clamp(value, 0, 255);
  }

  byte[] finish() {
    byte[] code = encoder.finish();
    return ByteBuffer.allocate(POINT_BYTES + code.length).put(first.array()).put(code).array();
  }
}
