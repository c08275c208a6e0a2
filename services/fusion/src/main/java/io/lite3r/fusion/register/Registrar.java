package io.lite3r.fusion.register;

import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Registers a scene by the best of what its senders knew: poses, else GPS, else the baselines of a
 * rig. A function of the windows alone, so that it is the same after a restart.
 */
public final class Registrar {
  private Registrar() {}

  /** The registration, or null when nothing that was given determines one. */
  public static @Nullable Registration register(List<WindowEntry> windows) {
    List<FrameEntry> frames =
        windows.stream()
            .flatMap(w -> w.frames().stream())
            .filter(f -> f.best() && f.priors() != null)
            .toList();
    KnownPlaces known = KnownPlaces.of(windows);
    RobustSimilarity fit = known == null ? null : known.fit(frames);
    if (known != null && fit != null) {
      GpsFrame gps = known.gps();
      return new Registration(
          fit.targetFromSource(),
          gps == null ? Registration.POSES : Registration.GPS,
          fit.rms(),
          known.pairs(frames).size(),
          fit.inliers(),
          gps == null ? null : gps.origin());
    }
    boolean rig =
        frames.stream()
            .map(FrameEntry::priors)
            .anyMatch((@Nullable FramePriors p) -> p != null && p.rigFromCamera() != null);
    return rig ? RigScale.register(windows) : null;
  }
}
