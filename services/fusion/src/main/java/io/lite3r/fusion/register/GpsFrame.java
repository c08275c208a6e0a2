package io.lite3r.fusion.register;

import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.FramePriors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The local frame in which GPS positions are compared: x east, y north, z up, metres, touching the
 * earth at the scene's first position. When one camera gave no altitude, all count as flying level.
 *
 * @param origin the first position; altitude 0 when heights are not used
 * @param level whether altitudes are left out
 */
public record GpsFrame(Geodetic origin, boolean level) {
  /** A camera must have moved this far (root mean square), metres: more than GPS errs. */
  static final double SHORTEST_FLIGHT = 5;

  /** No position counts as surer than this, metres. */
  static final double FLOOR = 1;

  /** Of the frames' positions in their order; null when no frame has one. */
  public static @Nullable GpsFrame of(List<FrameEntry> frames) {
    FramePriors.GpsFix first = null;
    boolean level = false;
    for (FrameEntry frame : frames) {
      FramePriors.GpsFix fix = fix(frame);
      if (fix != null) {
        first = first == null ? fix : first;
        level |= fix.altitudeM() == null;
      }
    }
    return first == null ? null : new GpsFrame(geodetic(first, level), level);
  }

  /** Where the frame's camera was; null when it does not say. */
  public @Nullable Vector3 place(FrameEntry frame) {
    FramePriors.GpsFix fix = fix(frame);
    if (fix == null) {
      return null;
    }
    Rigid3 enuFromEcef = origin.ecefFromEastNorthUp().inverse();
    Vector3 place = enuFromEcef.apply(geodetic(fix, level).ecef());
    return level ? new Vector3(place.x(), place.y(), 0) : place;
  }

  private static FramePriors.@Nullable GpsFix fix(FrameEntry frame) {
    FramePriors priors = frame.priors();
    return priors == null ? null : priors.gps();
  }

  private static Geodetic geodetic(FramePriors.GpsFix fix, boolean level) {
    Double altitude = fix.altitudeM();
    return new Geodetic(
        fix.latitudeDeg(), fix.longitudeDeg(), level || altitude == null ? 0 : altitude);
  }
}
