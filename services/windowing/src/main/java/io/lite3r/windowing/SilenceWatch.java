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

  private static final class Watched {
    final TreeMap<String, Long> heardAtNs = new TreeMap<>();
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
    watched.rig.addAll(rigCameras);
    for (String other : rigCameras) {
      watched.heardAtNs.putIfAbsent(other, nowNs);
    }
    watched.heardAtNs.put(camera, nowNs);
    watched.ended.remove(camera);
    watched.decidedUntilNs.merge(camera, timeNs, Math::max);
    watched.newestNs = Math.max(watched.newestNs, timeNs);
  }

  /** A capture that another process has watched: its cameras' time begins anew. */
  public void resume(CaptureName capture, CaptureAssembly assembly, long nowNs) {
    Watched watched = watched(capture);
    for (CameraTrack track : assembly.matcher.tracks.values()) {
      watched.heardAtNs.put(track.name, nowNs);
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
    long open = watched.heardAtNs.keySet().stream().filter(c -> !watched.ended.contains(c)).count();
    long heard =
        watched.heardAtNs.entrySet().stream()
            .filter(camera -> !watched.ended.contains(camera.getKey()))
            .filter(camera -> nowNs - camera.getValue() <= silentAfterNs)
            .count();
    return heard == 0 ? 0 : open - heard;
  }

  /** Looks at the clock: what is to be recorded now. */
  public Look look(long nowNs) {
    Look look = new Look(new ArrayList<>(), new ArrayList<>());
    captures.forEach(
        (name, watched) -> {
          watched.heardAtNs.forEach(
              (camera, heardAt) -> {
                if (!watched.ended.contains(camera)) {
                  judge(name, watched, camera, nowNs - heardAt, look);
                }
              });
          watched.newestBeforeNs = watched.newestNs;
        });
    look.gone.forEach(gone -> ended(gone.capture(), gone.camera()));
    return look;
  }

  private void judge(CaptureName name, Watched watched, String camera, long quietNs, Look look) {
    // A camera that nobody has overtaken holds nobody back.
    long known = watched.decidedUntilNs.getOrDefault(camera, Long.MIN_VALUE);
    if (quietNs > endedAfterNs) {
      look.gone.add(new Gone(name, camera, List.copyOf(watched.rig)));
    } else if (quietNs > silentAfterNs && watched.newestBeforeNs > known) {
      watched.decidedUntilNs.put(camera, watched.newestBeforeNs);
      look.silences.add(new Silence(name, camera, watched.newestBeforeNs));
    }
  }

  private Watched watched(CaptureName capture) {
    return captures.computeIfAbsent(capture, name -> new Watched());
  }
}
