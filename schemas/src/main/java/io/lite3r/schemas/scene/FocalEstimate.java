package io.lite3r.schemas.scene;

/**
 * A focal length and how well it is known.
 *
 * @param pixels of the original image, along its width
 * @param logSigma standard deviation of its natural logarithm: 0.03 is 3 %
 */
public record FocalEstimate(double pixels, double logSigma) {
  /** Known to less than this it counts as determined. */
  public static final double DETERMINED = 0.03;

  public boolean determined() {
    return logSigma < DETERMINED;
  }
}
