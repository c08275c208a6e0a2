package io.lite3r.standalone.laz;

/**
 * About the median of what was seen lately: five sorted values, of which each new one replaces the
 * largest or the smallest, in turns that follow the values.
 */
final class RunningMedian {
  private final int[] sorted = new int[5];
  private boolean replaceLargest = true;

  int get() {
    return sorted[2];
  }

  void add(int value) {
    boolean belowMedian = value < sorted[2];
    boolean aboveMedian = value > sorted[2];
    if (replaceLargest) {
      int at = 4;
      for (; at > 0 && sorted[at - 1] > value; at--) {
        sorted[at] = sorted[at - 1];
      }
      sorted[at] = value;
      replaceLargest = belowMedian;
    } else {
      int at = 0;
      for (; at < 4 && sorted[at + 1] < value; at++) {
        sorted[at] = sorted[at + 1];
      }
      sorted[at] = value;
      replaceLargest = !aboveMedian;
    }
  }
}
