package io.lite3r.standalone.laz;

import java.util.Arrays;

/**
 * An adaptive model of symbols 0..n-1 (A. Said, Introduction to Arithmetic Coding, HPL-2004-76):
 * counts of what was seen, turned into cumulated probabilities of 15 bits less and less often.
 */
final class SymbolModel {
  static final int BITS = 15;
  private static final int LARGEST_TOTAL = 1 << BITS;

  private final int[] counts;
  private final int[] below;
  private int total;
  private int cycle;
  private int untilUpdate;

  SymbolModel(int symbols) {
    counts = new int[symbols];
    below = new int[symbols];
    Arrays.fill(counts, 1);
    cycle = symbols;
    update();
    cycle = (symbols + 6) >> 1;
    untilUpdate = cycle;
  }

  int last() {
    return counts.length - 1;
  }

  /** Probability of all smaller symbols, in 1/2^15. */
  int below(int symbol) {
    return below[symbol];
  }

  void count(int symbol) {
    counts[symbol]++;
    if (--untilUpdate == 0) {
      update();
    }
  }

  private void update() {
    total += cycle;
    if (total > LARGEST_TOTAL) {
      total = 0;
      for (int i = 0; i < counts.length; i++) {
        counts[i] = (counts[i] + 1) >> 1;
        total += counts[i];
      }
    }
    long scale = 0x8000_0000L / total;
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      below[i] = (int) ((scale * sum) >> (31 - BITS));
      sum += counts[i];
    }
    cycle = Math.min((5 * cycle) >> 2, (counts.length + 6) << 3);
    untilUpdate = cycle;
  }
}
