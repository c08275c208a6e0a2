package io.lite3r.fusion.tsdf;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;

/**
 * A depth view ready to be integrated: placed in the scene, each pixel weighted. The array is taken
 * without a copy and never written to.
 *
 * @param pixels row by row, each as {@link #pixel} makes it: depth and colour side by side, since
 *     whoever projects a voxel into the view wants both and pays for the way to memory
 * @param intrinsics pinhole camera of the grid
 * @param sceneFromCamera the camera's pose
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier for planes; nobody compares two of them
public record ObservedView(long[] pixels, Intrinsics intrinsics, Rigid3 sceneFromCamera) {
  public ObservedView {
    int expected = intrinsics.width() * intrinsics.height();
    if (pixels.length != expected) {
      throw new IllegalArgumentException(
          "a view of %d x %d needs %d pixels, got %d"
              .formatted(intrinsics.width(), intrinsics.height(), expected, pixels.length));
    }
  }

  /**
   * One pixel.
   *
   * @param depth z-depth, scene units, in the upper half
   * @param weightedColour the lower half: weight (0 = leave the pixel out, at most 255) in the
   *     highest byte, then red, green, blue
   */
  public static long pixel(float depth, int weightedColour) {
    return ((long) Float.floatToRawIntBits(depth) << 32) | (weightedColour & 0xffffffffL);
  }

  static float depth(long pixel) {
    return Float.intBitsToFloat((int) (pixel >>> 32));
  }

  static int weight(long pixel) {
    return (int) pixel >>> 24;
  }
}
