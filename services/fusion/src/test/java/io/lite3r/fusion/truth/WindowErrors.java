package io.lite3r.fusion.truth;

/**
 * How wrong a window is, besides lying in a random space.
 *
 * @param rotationDeg every camera is turned by this angle about a random axis, degrees
 * @param translation every centre is moved by a random vector of this root mean square length, as a
 *     share of the root mean square distance of the window's centres from their mean
 * @param translationOfDepth the same as a share of the window's median depth
 * @param focal relative standard deviation of a window's focal length
 * @param tilt every view's depth is multiplied by a plane over the image, one at the centre, which
 *     differs from one by up to this much at the nearer border
 * @param depthNoise relative standard deviation of a pixel's depth
 * @param stretch relative standard deviation of how far a window's cameras have moved, all alike:
 *     its depth and its motion do not fit each other
 * @param outliers share of pixels whose depth is anything between half and twice the truth
 */
public record WindowErrors(
    double rotationDeg,
    double translation,
    double translationOfDepth,
    double focal,
    double tilt,
    double depthNoise,
    double stretch,
    double outliers) {
  public static final WindowErrors NONE = new WindowErrors(0, 0, 0, 0, 0, 0, 0, 0);

  /** What a poor model does. */
  public static final WindowErrors POOR = new WindowErrors(1, 0.03, 0, 0.05, 0.05, 0.02, 0, 0.1);
}
