package io.lite3r.fusion.truth;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.schemas.scene.FramePriors;
import org.jspecify.annotations.Nullable;

/**
 * A frame as it was.
 *
 * @param depth z-depth row by row, world units, 0 = none
 * @param rgb colour of each depth pixel
 * @param intrinsics camera of the depth grid
 * @param priors what the pipeline is told
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
public record TrueFrame(
    String camera,
    long sequence,
    Rigid3 worldFromCamera,
    Intrinsics intrinsics,
    float[] depth,
    byte[] rgb,
    @Nullable FramePriors priors) {

  public TrueFrame(
      String camera,
      long sequence,
      Rigid3 worldFromCamera,
      Intrinsics intrinsics,
      float[] depth,
      byte[] rgb) {
    this(camera, sequence, worldFromCamera, intrinsics, depth, rgb, null);
  }

  public TrueFrame with(@Nullable FramePriors known) {
    return new TrueFrame(camera, sequence, worldFromCamera, intrinsics, depth, rgb, known);
  }
}
