package io.lite3r.windowing;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Notices live cameras that have gone silent while others of their capture go on, so that windows
 * need not wait for them, and cameras that have been quiet for so long that they are not coming
 * back, so that their capture can close. Called with a clock by the edge; not thread safe.
 *
 * <p>What it notices is a proposal: it becomes a record behind all that the cameras have sent
 * meanwhile, and is void when the camera is among them ({@link CameraEvent}). So it may be wrong
 * about a backlog, or after a restart, without harm.
 *
 * <p>Silence is counted in the rig's own time, which all but stops while nobody of the capture is
 * heard: when broker, capture service or network were away, no camera is to blame, and each has as
 * long as ever to come back. One gap counts for half of the patience at most, so that a rig of one
 * instant a minute, too, goes on without a camera that is missing for the third time.
 *
 * <p>A silence reaches up to the capture's newest stream time at the look before: what a camera
 * sends just as it is being found silent is then not taken as late.
 */
public final class SilenceWatch {
  private final long silentAfterNs;
  private final long endedAfterNs;
  private final Map<CaptureName, Watched> captures = new HashMap<>();

  /** A capture of a scene. */
  public record CaptureName(String scene, String capture) {}

  /** A camera has nothing up to and including this stream time. */
  public record Silence(CaptureName capture, String camera, long untilNs) {}

  /** A camera has sent nothing for so long that it has ended without saying so. */
  public record Gone(CaptureName capture, String camera, List<String> rigCameras) {}

  /** What a look at the clock shows. */
  public record Look(List<Silence> silences, List<Gone> gone) {}

  /** When somebody was last heard, by the clock and by the rig's own time. */
  private record Heard(long clockNs, long rigNs) {}

  private static final class Watched {
    final TreeMap<String, Heard> cameras = new TreeMap<>();
    Heard any = new Heard(0, 0);
    final TreeMap<String, Long> decidedUntilNs = new TreeMap<>();
    final TreeSet<String> ended = new TreeSet<>();
    long newestNs = Long.MIN_VALUE;
    long newestBeforeNs = Long.MIN_VALUE;
    final TreeSet<String> rig = new TreeSet<>();
  }

  public SilenceWatch(long silentAfterNs, long endedAfterNs) {
    this.silentAfterNs = silentAfterNs;
    this.endedAfterNs = endedAfterNs;
  }

  /** A camera delivered a frame of this stream time at this time of the clock. */
  public void heard(
      CaptureName capture, String camera, long timeNs, Collection<String> rigCameras, long nowNs) {
    Watched watched = watched(capture);
    watched.any = new Heard(nowNs, rigNs(watched, nowNs));
    watched.rig.addAll(rigCameras);
    for (String other : rigCameras) {
      watched.cameras.putIfAbsent(other, watched.any);
    }
    watched.cameras.put(camera, watched.any);
    watched.ended.remove(camera);
    watched.decidedUntilNs.merge(camera, timeNs, Math::max);
    watched.newestNs = Math.max(watched.newestNs, timeNs);
  }

  /** A capture that another process has watched: its cameras' time begins anew. */
  public void resume(CaptureName capture, CaptureAssembly assembly, long nowNs) {
    Watched watched = watched(capture);
    watched.any = new Heard(nowNs, 0);
    for (CameraTrack track : assembly.matcher.tracks.values()) {
      watched.cameras.put(track.name, watched.any);
      watched.decidedUntilNs.put(track.name, track.frontierNs);
      if (track.ended()) {
        watched.ended.add(track.name);
      }
      if (assembly.matcher.rigStated) {
        watched.rig.add(track.name);
      }
    }
    watched.newestNs = assembly.matcher.newestNs;
  }

  public void ended(CaptureName capture, String camera) {
    watched(capture).ended.add(camera);
  }

  /** All cameras have ended: there is nothing more to notice. */
  public void closed(CaptureName capture) {
    captures.remove(capture);
  }

  /** Cameras that are quiet while another of their capture is not, and have not ended. */
  public long silent(long nowNs) {
    return captures.values().stream().mapToLong(watched -> silent(watched, nowNs)).sum();
  }

  private long silent(Watched watched, long nowNs) {
    if (nowNs - watched.any.clockNs() > silentAfterNs) {
      return 0;
    }
    return watched.cameras.entrySet().stream()
        .filter(camera -> !watched.ended.contains(camera.getKey()))
        .filter(camera -> isSilent(watched, camera.getValue(), nowNs))
        .count();
  }

  /** Looks at the clock: what is to be recorded now. */
  public Look look(long nowNs) {
    Look look = new Look(new ArrayList<>(), new ArrayList<>());
    captures.forEach(
        (name, watched) -> {
          watched.cameras.forEach(
              (camera, heard) -> {
                if (nowNs - heard.clockNs() > endedAfterNs && !watched.ended.contains(camera)) {
                  look.gone.add(new Gone(name, camera, List.copyOf(watched.rig)));
                } else if (isSilent(watched, heard, nowNs) && !watched.ended.contains(camera)) {
                  silence(name, watched, camera, look);
                }
              });
          watched.newestBeforeNs = watched.newestNs;
        });
    look.gone.forEach(gone -> ended(gone.capture(), gone.camera()));
    return look;
  }

  /** A camera that nobody has overtaken holds nobody back. */
  private static void silence(CaptureName name, Watched watched, String camera, Look look) {
    long known = watched.decidedUntilNs.getOrDefault(camera, Long.MIN_VALUE);
    if (watched.newestBeforeNs > known) {
      watched.decidedUntilNs.put(camera, watched.newestBeforeNs);
      look.silences.add(new Silence(name, camera, watched.newestBeforeNs));
    }
  }

  private boolean isSilent(Watched watched, Heard camera, long nowNs) {
    return rigNs(watched, nowNs) - camera.rigNs() > silentAfterNs;
  }

  private long rigNs(Watched watched, long nowNs) {
    return watched.any.rigNs() + Math.min(nowNs - watched.any.clockNs(), silentAfterNs / 2);
  }

  private Watched watched(CaptureName capture) {
    return captures.computeIfAbsent(capture, name -> new Watched());
  }
}
