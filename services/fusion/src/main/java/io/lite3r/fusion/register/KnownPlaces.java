package io.lite3r.fusion.register;

import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where cameras were, in one metric frame: by poses that were given, else by GPS. */
public final class KnownPlaces {
  /** GPS of a drone within one flight, metres: level and up. */
  private static final Vector3 GPS_SIGMA = new Vector3(1.5, 1.5, 3);

  /** Given poses are good to this share of their extent at best. */
  private static final double POSE_SHARE = 2e-3;

  private final @Nullable GpsFrame gps;
  private final Vector3 sigma;

  private KnownPlaces(@Nullable GpsFrame gps, Vector3 sigma) {
    this.gps = gps;
    this.sigma = sigma;
  }

  /** Null when no frame says where it was. */
  public static @Nullable KnownPlaces of(List<WindowEntry> windows) {
    List<FrameEntry> frames = windows.stream().flatMap(w -> w.frames().stream()).toList();
    PointPairs given = new PointPairs();
    for (FrameEntry frame : frames) {
      Vector3 place = given(frame);
      if (place != null) {
        given.add(place, place);
      }
    }
    if (given.size() >= 3) {
      double share = Math.max(1e-9, POSE_SHARE * given.targetSpread());
      return new KnownPlaces(null, new Vector3(share, share, share));
    }
    GpsFrame gps = GpsFrame.of(frames);
    return gps == null ? null : new KnownPlaces(gps, GPS_SIGMA);
  }

  /** Null when the frame does not say. */
  public @Nullable Vector3 place(FrameEntry frame) {
    return gps == null ? given(frame) : gps.place(frame);
  }

  /** Standard deviation of a place along each axis, metres. */
  public Vector3 sigma() {
    return sigma;
  }

  /**
   * The similarity from the scene to these places that fits the windows' frames; null as for one.
   */
  public @Nullable Sim3 register(List<WindowEntry> windows) {
    List<FrameEntry> frames =
        windows.stream().flatMap(w -> w.frames().stream()).filter(FrameEntry::best).toList();
    RobustSimilarity fit = fit(frames);
    return fit == null ? null : fit.targetFromSource();
  }

  @Nullable RobustSimilarity fit(List<FrameEntry> frames) {
    PointPairs pairs = pairs(frames);
    GpsFrame positions = gps;
    if (pairs.size() < 3 || positions != null && pairs.targetSpread() < GpsFrame.SHORTEST_FLIGHT) {
      return null;
    }
    return RobustSimilarity.of(pairs, positions == null ? sigma.x() : GpsFrame.FLOOR);
  }

  PointPairs pairs(List<FrameEntry> frames) {
    PointPairs pairs = new PointPairs();
    for (FrameEntry frame : frames) {
      Vector3 place = place(frame);
      Rigid3 pose = frame.sceneFromCamera();
      if (place != null && pose != null) {
        pairs.add(pose.translation(), place);
      }
    }
    return pairs;
  }

  @Nullable GpsFrame gps() {
    return gps;
  }

  private static @Nullable Vector3 given(FrameEntry frame) {
    Rigid3 pose = frame.priors() == null ? null : frame.priors().worldFromCamera();
    return pose == null ? null : pose.translation();
  }
}
