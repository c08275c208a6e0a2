package io.lite3r.windowing;

import java.util.Map;
import java.util.TreeMap;

/**
 * Sequences a camera has delivered, as ranges: a stream without gaps is one entry however long. Of
 * a stream full of gaps the newest ranges are remembered; what lies before them counts as not
 * delivered, and is late by then.
 */
final class SequenceSet {
  private static final int REMEMBERED = 64;

  private final TreeMap<Long, Long> lastOfRange = new TreeMap<>();

  boolean contains(long sequence) {
    Map.Entry<Long, Long> range = lastOfRange.floorEntry(sequence);
    return range != null && range.getValue() >= sequence;
  }

  void add(long sequence) {
    if (contains(sequence)) {
      return;
    }
    Map.Entry<Long, Long> before = lastOfRange.floorEntry(sequence);
    long first = before != null && before.getValue() == sequence - 1 ? before.getKey() : sequence;
    Long after = lastOfRange.remove(sequence + 1);
    lastOfRange.put(first, after == null ? sequence : after);
    if (lastOfRange.size() > REMEMBERED) {
      lastOfRange.pollFirstEntry();
    }
  }

  long last() {
    return lastOfRange.isEmpty() ? -1 : lastOfRange.lastEntry().getValue();
  }

  /** First to last of every range, ascending. */
  TreeMap<Long, Long> ranges() {
    return lastOfRange;
  }
}
