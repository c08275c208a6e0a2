package io.lite3r.standalone.laz;

/**
 * Codes a 32-bit integer by its difference from a prediction: first how many bits the difference
 * needs (k, in the given context), then where it lies among those of k bits; of more than eight
 * bits the lower ones are written as they are. Differences of 2^(k-1) + 1 .. 2^k and -(2^k - 1) ..
 * -2^(k-1) need k bits; 0 and 1 need none.
 */
final class IntegerCompressor {
  private static final int WIDTH = 32;
  private static final int MODELLED_BITS = 8;

  private final ArithmeticEncoder encoder;
  private final SymbolModel[] widths;
  private final BitModel zeroOrOne = new BitModel();
  private final SymbolModel[] places = new SymbolModel[WIDTH + 1];
  private int k;

  IntegerCompressor(ArithmeticEncoder encoder, int contexts) {
    this.encoder = encoder;
    widths = new SymbolModel[contexts];
    for (int i = 0; i < contexts; i++) {
      widths[i] = new SymbolModel(WIDTH + 1);
    }
    for (int bits = 1; bits <= WIDTH; bits++) {
      places[bits] = new SymbolModel(1 << Math.min(bits, MODELLED_BITS));
    }
  }

  /** Differences wrap around: any prediction will do for any value. */
  void compress(int prediction, int value, int context) {
    int difference = value - prediction;
    k = WIDTH - Integer.numberOfLeadingZeros(difference <= 0 ? -difference : difference - 1);
    encoder.encode(widths[context], k);
    if (k == 0) {
      encoder.encode(zeroOrOne, difference);
    } else if (k < WIDTH) { // the only difference of 32 bits is the smallest integer
      int place = difference < 0 ? difference + (1 << k) - 1 : difference - 1;
      int raw = Math.max(0, k - MODELLED_BITS);
      encoder.encode(places[k], place >>> raw);
      if (raw > 0) {
        encoder.write(raw, place & ((1 << raw) - 1));
      }
    }
  }

  /** How many bits the last difference needed. */
  int bits() {
    return k;
  }
}
