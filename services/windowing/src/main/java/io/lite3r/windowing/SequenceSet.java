package io.lite3r.windowing;

import java.util.Map;
import java.util.TreeMap;

/**
 * Sequences a camera has delivered, as ranges: a stream without gaps is one entry however long. Of
 * a stream full of gaps the oldest are forgotten and count as delivered: a frame that comes again
 * must have no effect, however long ago it came first.
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
      Map.Entry<Long, Long> oldest = lastOfRange.pollFirstEntry();
      Map.Entry<Long, Long> next = lastOfRange.pollFirstEntry();
      lastOfRange.put(oldest.getKey(), next.getValue());
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
