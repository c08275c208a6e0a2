package io.lite3r.fusion.graph;

import io.lite3r.schemas.scene.AlignmentQuality;

/**
 * How sure a tie is, as standard deviations along each axis.
 *
 * @param translation units of the tie's first submap
 * @param rotation radians
 * @param logScale of the logarithm of scale
 */
public record Spread(double translation, double rotation, double logScale) {
  /** Nothing measured is surer than this share of the depth, these radians, this log scale. */
  private static final double FINEST = 2e-3;

  public Spread {
    if (!(translation > 0 && rotation > 0 && logScale > 0)) {
      throw new IllegalArgumentException(
          "a tie's spread is positive, got %s, %s, %s".formatted(translation, rotation, logScale));
    }
  }

  /**
   * What an alignment's residuals say of its link. Residual over the square root of how many views
   * agree on it: pixels of one view err together and count once.
   *
   * @param medianDepth of the submap the link leads to, its units
   */
  public static Spread of(AlignmentQuality quality, double medianDepth) {
    double views = Math.sqrt(quality.sharedViews());
    double poor = 1 / Math.sqrt(Math.clamp(quality.inlierRatio(), 0.05, 1));
    double depth = Math.max(FINEST, 1.4826 * quality.residual() / views) * poor;
    double turn = Math.max(FINEST, Math.toRadians(quality.rotationSpreadDeg()) / views);
    double centre = Math.max(FINEST, quality.centreResidual() / views);
    return new Spread(Math.hypot(centre, FINEST) * medianDepth, turn, depth);
  }
}
