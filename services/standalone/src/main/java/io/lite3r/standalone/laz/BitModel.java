package io.lite3r.standalone.laz;

/** The same for a single bit, with probabilities of 13 bits. */
final class BitModel {
  static final int BITS = 13;
  private static final int LARGEST_TOTAL = 1 << BITS;
  private static final int LONGEST_CYCLE = 64;

  private int zeros = 1;
  private int total = 2;
  private int zero = 1 << (BITS - 1);
  private int cycle = 4;
  private int untilUpdate = 4;

  /** Probability of a zero, in 1/2^13. */
  int zero() {
    return zero;
  }

  void count(int bit) {
    zeros += 1 - bit;
    if (--untilUpdate == 0) {
      update();
    }
  }

  private void update() {
    total += cycle;
    if (total > LARGEST_TOTAL) {
      total = (total + 1) >> 1;
      zeros = (zeros + 1) >> 1;
      if (zeros == total) {
        total++;
      }
    }
    zero = (int) ((zeros * (0x8000_0000L / total)) >> (31 - BITS));
    cycle = Math.min((5 * cycle) >> 2, LONGEST_CYCLE);
    untilUpdate = cycle;
  }
}
