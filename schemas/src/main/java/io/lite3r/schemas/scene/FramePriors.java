package io.lite3r.schemas.scene;

import io.lite3r.geometry.Rigid3;
import org.jspecify.annotations.Nullable;

/**
 * What a sender knew of where a frame's camera was.
 *
 * @param rigFromCamera its fixed place in the rig, metres
 * @param worldFromCamera its pose in a frame of the sender's, metres
 * @param gps where it was on the earth
 */
public record FramePriors(
    @Nullable Rigid3 rigFromCamera, @Nullable Rigid3 worldFromCamera, @Nullable GpsFix gps) {

  /**
   * A position as a camera recorded it, WGS 84.
   *
   * @param latitudeDeg degrees, north positive
   * @param longitudeDeg degrees, east positive
   * @param altitudeM metres, as recorded; absent when the camera gave none
   */
  public record GpsFix(double latitudeDeg, double longitudeDeg, @Nullable Double altitudeM) {}

  /** The priors, or null when there is none. */
  public static @Nullable FramePriors of(
      @Nullable Rigid3 rigFromCamera, @Nullable Rigid3 worldFromCamera, @Nullable GpsFix gps) {
    return rigFromCamera == null && worldFromCamera == null && gps == null
        ? null
        : new FramePriors(rigFromCamera, worldFromCamera, gps);
  }
}
