package io.lite3r.capture;

import io.lite3r.geometry.Intrinsics;
import java.util.List;

/**
 * Intrinsics as a sender states them, before the image they belong to has been seen: pixels, corner
 * origin, OpenCV distortion k1, k2, p1, p2[, k3].
 *
 * @param width width of the image they were measured on, 0 when it is the frame's own
 * @param height its height, 0 likewise
 */
public record Calibration(
    double fx, double fy, double cx, double cy, List<Double> distortion, int width, int height) {
  private static final double SHORTEST_FOCAL = 0.1;
  private static final double LONGEST_FOCAL = 100;
  private static final double LARGEST_DISTORTION = 100;

  public Calibration {
    distortion = List.copyOf(distortion);
  }

  /** The intrinsics of an image of this size; refuses what no camera has. */
  Intrinsics of(int imageWidth, int imageHeight) throws FrameRefused {
    int ownWidth = width == 0 ? imageWidth : width;
    int ownHeight = height == 0 ? imageHeight : height;
    Intrinsics stated;
    try {
      stated = new Intrinsics(fx, fy, cx, cy, ownWidth, ownHeight, distortion);
    } catch (IllegalArgumentException e) {
      throw new FrameRefused(
          FrameRefused.Reason.BAD_INTRINSICS,
          "Bad intrinsics: %s. Give pixels of this image, or none.".formatted(e.getMessage()));
    }
    int side = Math.max(ownWidth, ownHeight);
    check(
        within(fx, SHORTEST_FOCAL * side, LONGEST_FOCAL * side)
            && within(fy, SHORTEST_FOCAL * side, LONGEST_FOCAL * side),
        "fx = %s, fy = %s are no focal lengths of an image of %d x %d pixels",
        fx,
        fy,
        ownWidth,
        ownHeight);
    check(within(fx / fy, 0.5, 2), "fx = %s and fy = %s belong to no square pixels", fx, fy);
    check(
        within(cx, 0, ownWidth) && within(cy, 0, ownHeight),
        "the principal point (%s, %s) is outside the image of %d x %d pixels",
        cx,
        cy,
        ownWidth,
        ownHeight);
    check(
        distortion.stream().allMatch(k -> Math.abs(k) <= LARGEST_DISTORTION),
        "distortion %s is beyond any lens",
        distortion);
    return stated.resizedTo(imageWidth, imageHeight);
  }

  private static boolean within(double value, double low, double high) {
    return value >= low && value <= high;
  }

  private static void check(boolean good, String message, Object... values) throws FrameRefused {
    if (!good) {
      throw new FrameRefused(
          FrameRefused.Reason.BAD_INTRINSICS,
          "Bad intrinsics: %s. Give pixels of this image, or none."
              .formatted(message.formatted(values)));
    }
  }
}
