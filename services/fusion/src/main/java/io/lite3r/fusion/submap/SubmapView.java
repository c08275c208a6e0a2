package io.lite3r.fusion.submap;

import io.lite3r.geometry.DepthField;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import org.jspecify.annotations.Nullable;

/**
 * One view of a submap. Arrays are taken without a copy and never written to.
 *
 * @param depth z-depth row by row, submap units, 0 = none
 * @param confidence at least 1 where there is depth, larger is surer
 * @param rgb red, green, blue of each pixel, sRGB
 * @param intrinsics pinhole camera of the depth grid; its width and height are the arrays'
 * @param submapFromCamera the camera's pose, submap units
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier for planes; nobody compares two of them
public record SubmapView(
    float[] depth, float[] confidence, byte[] rgb, Intrinsics intrinsics, Rigid3 submapFromCamera) {

  public SubmapView {
    int pixels = intrinsics.width() * intrinsics.height();
    if (depth.length != pixels || confidence.length != pixels || rgb.length != 3 * pixels) {
      throw new IllegalArgumentException(
          "a view of %d x %d needs %d depths and confidences and %d colour bytes, got %d, %d, %d"
              .formatted(
                  intrinsics.width(),
                  intrinsics.height(),
                  pixels,
                  3 * pixels,
                  depth.length,
                  confidence.length,
                  rgb.length));
    }
  }

  /** The same view with its depth multiplied by a field; null: with the depth it has. */
  public SubmapView corrected(@Nullable DepthField field) {
    return field == null
        ? this
        : new SubmapView(
            field.corrected(depth, width()), confidence, rgb, intrinsics, submapFromCamera);
  }

  /** The same planes seen by another camera from another place. */
  public SubmapView by(Intrinsics camera, Rigid3 nowSubmapFromCamera) {
    return camera.equals(intrinsics)
        ? at(nowSubmapFromCamera)
        : new SubmapView(depth, confidence, rgb, camera, nowSubmapFromCamera);
  }

  /** The same planes seen from another place. */
  public SubmapView at(Rigid3 nowSubmapFromCamera) {
    return nowSubmapFromCamera.equals(submapFromCamera)
        ? this
        : new SubmapView(depth, confidence, rgb, intrinsics, nowSubmapFromCamera);
  }

  public int width() {
    return intrinsics.width();
  }

  public int height() {
    return intrinsics.height();
  }
}
