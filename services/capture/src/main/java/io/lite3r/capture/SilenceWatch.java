package io.lite3r.capture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Notices cameras that have gone silent while others of their capture go on, so that windows need
 * not wait for them. Called with a clock by the edge; not thread safe.
 *
 * <p>A silence reaches up to the capture's newest stream time at the look before: what a camera
 * sends just as it is being found silent is then not taken as late.
 */
public final class SilenceWatch {
  private static final long FORGET_AFTER_NS = 3_600_000_000_000L;

  private final long silentAfterNs;
  private final Map<CaptureName, Watched> captures = new HashMap<>();

  /** A capture of a scene. */
  public record CaptureName(String scene, String capture) {}

  /** A camera has nothing up to and including this stream time. */
  public record Silence(CaptureName capture, String camera, long untilNs) {}

  private static final class Watched {
    final TreeMap<String, Long> heardAtNs = new TreeMap<>();
    final TreeMap<String, Long> decidedUntilNs = new TreeMap<>();
    final TreeMap<String, Boolean> ended = new TreeMap<>();
    long newestNs = Long.MIN_VALUE;
    long newestBeforeNs = Long.MIN_VALUE;
    long touchedAtNs;
  }

  public SilenceWatch(long silentAfterNs) {
    this.silentAfterNs = silentAfterNs;
  }

  /** A camera delivered a frame of this stream time at this time of the clock. */
  public void heard(FrameRequest frame, long nowNs) {
    Watched watched = watched(frame.name().scene(), frame.name().capture(), nowNs);
    for (String camera : frame.rigCameras()) {
      watched.heardAtNs.putIfAbsent(camera, nowNs);
    }
    watched.heardAtNs.put(frame.name().camera(), nowNs);
    watched.decidedUntilNs.merge(frame.name().camera(), frame.timeNs(), Math::max);
    watched.newestNs = Math.max(watched.newestNs, frame.timeNs());
  }

  public void ended(String scene, String capture, String camera, long nowNs) {
    Watched watched = watched(scene, capture, nowNs);
    watched.ended.put(camera, true);
    if (watched.ended.keySet().containsAll(watched.heardAtNs.keySet())) {
      captures.remove(new CaptureName(scene, capture));
    }
  }

  /** Looks at the clock: the silences to record now. */
  public List<Silence> look(long nowNs) {
    List<Silence> silences = new ArrayList<>();
    captures.values().removeIf(watched -> nowNs - watched.touchedAtNs > FORGET_AFTER_NS);
    captures.forEach(
        (name, watched) -> {
          watched.heardAtNs.forEach(
              (camera, heardAt) -> {
                boolean silent =
                    nowNs - heardAt > silentAfterNs && !watched.ended.containsKey(camera);
                // A camera that nobody has overtaken holds nobody back.
                long known = watched.decidedUntilNs.getOrDefault(camera, Long.MIN_VALUE);
                if (silent && watched.newestBeforeNs > known) {
                  watched.decidedUntilNs.put(camera, watched.newestBeforeNs);
                  silences.add(new Silence(name, camera, watched.newestBeforeNs));
                }
              });
          watched.newestBeforeNs = watched.newestNs;
        });
    return silences;
  }

  private Watched watched(String scene, String capture, long nowNs) {
    Watched watched =
        captures.computeIfAbsent(new CaptureName(scene, capture), name -> new Watched());
    watched.touchedAtNs = nowNs;
    return watched;
  }
}
