package io.lite3r.geometry;

import java.util.List;

/**
 * Pinhole camera of an image of {@code width} x {@code height} pixels: a point (X, Y, Z) in camera
 * axes is seen at {@code x = fx X/Z + cx, y = fy Y/Z + cy}, continuous pixels with the origin at
 * the image's corner. {@code distortion} is OpenCV's k1, k2, p1, p2[, k3] and may be empty.
 */
public record Intrinsics(
    double fx, double fy, double cx, double cy, int width, int height, List<Double> distortion) {

  public Intrinsics {
    if (width <= 0 || height <= 0) {
      throw new IllegalArgumentException(
          "intrinsics need the size of their image, got %d x %d".formatted(width, height));
    }
    if (!(fx > 0) || !(fy > 0) || Double.isInfinite(fx) || Double.isInfinite(fy)) {
      throw new IllegalArgumentException(
          "focal lengths must be finite and positive pixels, got fx = %s, fy = %s"
              .formatted(fx, fy));
    }
    if (!Double.isFinite(cx) || !Double.isFinite(cy)) {
      throw new IllegalArgumentException(
          "the principal point must be finite pixels, got cx = %s, cy = %s".formatted(cx, cy));
    }
    if (!distortion.stream().allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "distortion coefficients must be finite, got " + distortion);
    }
    distortion = List.copyOf(distortion);
  }

  public Intrinsics(double fx, double fy, double cx, double cy, int width, int height) {
    this(fx, fy, cx, cy, width, height, List.of());
  }

  /** The same camera after a plain resize of its image; distortion, being dimensionless, stays. */
  public Intrinsics resizedTo(int newWidth, int newHeight) {
    double sx = (double) newWidth / width;
    double sy = (double) newHeight / height;
    return new Intrinsics(sx * fx, sy * fy, sx * cx, sy * cy, newWidth, newHeight, distortion);
  }

  /**
   * The point in camera axes that is seen at (x, y) with the given z-depth; distortion is ignored.
   */
  public Vector3 unproject(double x, double y, double depth) {
    return new Vector3((x - cx) / fx * depth, (y - cy) / fy * depth, depth);
  }

  /**
   * The same camera seen through a crop and resize: {@code targetFromImage} maps this image's
   * pixels to those of a {@code newWidth x newHeight} image. The map must keep the axes'
   * directions; distortion stays.
   */
  public Intrinsics mapped(Affine2 targetFromImage, int newWidth, int newHeight) {
    if (targetFromImage.m01() != 0 || targetFromImage.m10() != 0) {
      throw new IllegalArgumentException(
          "a pinhole camera stays one only under a crop and resize, got " + targetFromImage);
    }
    return new Intrinsics(
        targetFromImage.m00() * fx,
        targetFromImage.m11() * fy,
        targetFromImage.applyX(cx, cy),
        targetFromImage.applyY(cx, cy),
        newWidth,
        newHeight,
        distortion);
  }
}
