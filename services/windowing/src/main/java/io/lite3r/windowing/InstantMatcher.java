package io.lite3r.windowing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Groups the cameras' frames into instants. The earliest frame that waits opens an instant; every
 * camera's first frame within the tolerance belongs to it. It closes once each camera has delivered
 * for it or will not: a camera's stream is in order, so one that is past the instant, has ended or
 * is recorded silent has nothing more for it. Thus an instant depends on the cameras' streams and
 * not on how they interleaved.
 */
final class InstantMatcher {
  final TreeMap<String, CameraTrack> tracks = new TreeMap<>();
  boolean rigStated;
  long firstNs = Long.MAX_VALUE;
  long newestNs = Long.MIN_VALUE;
  long closedThroughNs = Long.MIN_VALUE;

  CameraTrack track(String camera, Collection<String> rigCameras) {
    rigStated |= !rigCameras.isEmpty();
    rigCameras.forEach(this::known);
    return known(camera);
  }

  private CameraTrack known(String camera) {
    // A camera that shows up late may not reach behind what has closed without it.
    return tracks.computeIfAbsent(
        camera,
        name ->
            new CameraTrack(
                name, closedThroughNs == Long.MIN_VALUE ? closedThroughNs : closedThroughNs + 1));
  }

  int cameras() {
    return tracks.size();
  }

  boolean allEnded() {
    return !tracks.isEmpty() && tracks.values().stream().allMatch(CameraTrack::ended);
  }

  void take(CameraTrack track, FrameRef frame) {
    track.take(frame);
    firstNs = Math.min(firstNs, frame.timeNs());
    newestNs = Math.max(newestNs, frame.timeNs());
  }

  /** The next instant that can close, or null when one has to wait. */
  @Nullable Instant poll(WindowingRules rules) {
    long openedNs =
        tracks.values().stream()
            .filter(track -> !track.pending.isEmpty())
            .mapToLong(track -> track.pending.getFirst().timeNs())
            .min()
            .orElse(Long.MAX_VALUE);
    if (openedNs == Long.MAX_VALUE || (discovering(rules) && !allEnded())) {
      return null;
    }
    long horizonNs = openedNs + rules.tolerance().toNanos();
    if (!tracks.values().stream().allMatch(track -> track.decidedUpTo(horizonNs))) {
      return null;
    }
    List<FrameRef> frames = new ArrayList<>();
    for (CameraTrack track : tracks.values()) {
      FrameRef first = track.pending.peek();
      if (first != null && first.timeNs() <= horizonNs) {
        frames.add(track.pending.remove());
      }
    }
    Instant instant = new Instant(frames);
    closedThroughNs = Math.max(closedThroughNs, instant.latestNs());
    return instant;
  }

  private boolean discovering(WindowingRules rules) {
    return !rigStated && newestNs - firstNs < rules.discovery().toNanos();
  }
}
