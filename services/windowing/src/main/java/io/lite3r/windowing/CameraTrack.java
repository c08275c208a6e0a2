package io.lite3r.windowing;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One camera's stream so far. Its frontier is the earliest stream time that it may still deliver;
 * it only moves forward, and a frame before it is late whatever the other cameras did.
 */
final class CameraTrack {
  /**
   * Hashes remembered to tell a conflict from a duplicate. Older ids are still known as delivered;
   * that their bytes agree is then capture's business, which keeps the originals.
   */
  private static final int REMEMBERED_HASHES = 32;

  static final long NEVER = Long.MAX_VALUE;

  final String name;
  final SequenceSet delivered = new SequenceSet();
  final ArrayDeque<FrameRef> pending = new ArrayDeque<>();
  final LinkedHashMap<Long, String> hashes = new LinkedHashMap<>();
  long frontierNs;

  CameraTrack(String name, long frontierNs) {
    this.name = name;
    this.frontierNs = frontierNs;
  }

  boolean ended() {
    return frontierNs == NEVER;
  }

  void end() {
    frontierNs = NEVER;
  }

  void silentUntil(long untilNs) {
    frontierNs = Math.max(frontierNs, untilNs + 1);
  }

  void take(FrameRef frame) {
    delivered.add(frame.sequence());
    pending.add(frame);
    frontierNs = Math.max(frontierNs, frame.timeNs());
    hashes.put(frame.sequence(), frame.contentSha256());
    if (hashes.size() > REMEMBERED_HASHES) {
      hashes.pollFirstEntry();
    }
  }

  boolean conflicts(FrameRef frame) {
    String known = hashes.get(frame.sequence());
    return known != null && !known.equals(frame.contentSha256());
  }

  /** Why the frame cannot join the stream any more, or null when it can. */
  @Nullable String lateness(FrameRef frame) {
    if (ended()) {
      return "Camera %s had ended for this capture. Send a restarted camera's frames as a new capture."
          .formatted(name);
    }
    if (frame.timeNs() < frontierNs) {
      return "Camera %s had moved on to %.3f s; this frame is of %.3f s. Send a camera's frames in the order of their time."
          .formatted(name, frontierNs / 1e9, frame.timeNs() / 1e9);
    }
    if (frame.sequence() < delivered.last()) {
      return "Camera %s had moved on to sequence %d. Send a camera's frames in the order of their sequence."
          .formatted(name, delivered.last());
    }
    return null;
  }

  /** True when nothing of this camera up to and including the time is still to come. */
  boolean decidedUpTo(long timeNs) {
    FrameRef first = pending.peek();
    return (first != null && first.timeNs() <= timeNs) || frontierNs > timeNs;
  }
}
