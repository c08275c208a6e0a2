package io.lite3r.standalone.laz;

import java.util.Arrays;

/**
 * Arithmetic coding with an interval of 32 bits, as LASzip uses it (A. Said, HPL-2004-76): the
 * interval [base, base + length) narrows with every symbol, and its top byte is written once length
 * fits into the lower ones. A carry runs back into bytes that were written already.
 */
final class ArithmeticEncoder {
  private static final long SHORTEST = 0x0100_0000L;
  private static final long MASK = 0xFFFF_FFFFL;

  private byte[] bytes = new byte[1 << 12];
  private int size;
  private long base;
  private long length = MASK;

  void encode(SymbolModel model, int symbol) {
    long low;
    if (symbol == model.last()) {
      low = model.below(symbol) * (length >> SymbolModel.BITS);
      length -= low;
    } else {
      long unit = length >> SymbolModel.BITS;
      low = model.below(symbol) * unit;
      length = model.below(symbol + 1) * unit - low;
    }
    raiseBase(low);
    model.count(symbol);
  }

  void encode(BitModel model, int bit) {
    long zero = model.zero() * (length >> BitModel.BITS);
    if (bit == 0) {
      length = zero;
      raiseBase(0);
    } else {
      length -= zero;
      raiseBase(zero);
    }
    model.count(bit);
  }

  /** Bits as they are; the lower 16 of more than 19 go first. */
  void write(int bits, int value) {
    int rest = value;
    int left = bits;
    if (left > 19) {
      length >>= 16;
      raiseBase((rest & 0xFFFF) * length);
      rest >>>= 16;
      left -= 16;
    }
    length >>= left;
    raiseBase((rest & MASK) * length);
  }

  private void raiseBase(long by) {
    base += by;
    if (base > MASK) {
      base &= MASK;
      carry();
    }
    while (length < SHORTEST) {
      put((int) (base >> 24));
      base = (base << 8) & MASK;
      length <<= 8;
    }
  }

  private void carry() {
    int at = size - 1;
    while (bytes[at] == (byte) 0xFF) {
      bytes[at--] = 0;
    }
    bytes[at]++;
  }

  private void put(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = (byte) value;
  }

  /** The code. Zeros at its end let a decoder read ahead. */
  byte[] finish() {
    boolean oneMore = length > 2 * SHORTEST;
    length = oneMore ? SHORTEST >> 1 : SHORTEST >> 9;
    raiseBase(oneMore ? SHORTEST : SHORTEST >> 1);
    put(0);
    put(0);
    if (oneMore) {
      put(0);
    }
    return Arrays.copyOf(bytes, size);
  }
}
