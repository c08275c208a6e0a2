package io.lite3r.fusion.tsdf;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;

/**
 * A depth view ready to be integrated: placed in the scene, each pixel weighted. Arrays are taken
 * without a copy and never written to.
 *
 * @param depth z-depth row by row, scene units
 * @param weightedColour weight (0 = leave the pixel out, at most 255) in the highest byte, then
 *     red, green, blue
 * @param intrinsics pinhole camera of the grid
 * @param sceneFromCamera the camera's pose
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier for planes; nobody compares two of them
public record ObservedView(
    float[] depth, int[] weightedColour, Intrinsics intrinsics, Rigid3 sceneFromCamera) {
  public ObservedView {
    int pixels = intrinsics.width() * intrinsics.height();
    if (depth.length != pixels || weightedColour.length != pixels) {
      throw new IllegalArgumentException(
          "a view of %d x %d needs %d pixels, got %d and %d"
              .formatted(
                  intrinsics.width(),
                  intrinsics.height(),
                  pixels,
                  depth.length,
                  weightedColour.length));
    }
  }
}
