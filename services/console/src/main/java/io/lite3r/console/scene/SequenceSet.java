package io.lite3r.console.scene;

import java.util.TreeMap;

/**
 * Sequence numbers already seen, kept as ranges: a camera that runs all day without gaps costs one
 * entry, and a forged huge number costs no more than any other.
 */
final class SequenceSet {
  private final TreeMap<Long, Long> lastByFirst = new TreeMap<>();

  /** True when the number was new. */
  boolean add(long number) {
    var below = lastByFirst.floorEntry(number);
    if (below != null && below.getValue() >= number) {
      return false;
    }
    boolean joinsBelow = below != null && below.getValue() == number - 1;
    Long lastAbove = lastByFirst.remove(number + 1);
    long first = joinsBelow ? below.getKey() : number;
    lastByFirst.put(first, lastAbove == null ? number : lastAbove);
    return true;
  }

  int ranges() {
    return lastByFirst.size();
  }
}
