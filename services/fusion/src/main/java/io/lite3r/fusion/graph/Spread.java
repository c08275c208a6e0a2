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

  private static final double SIGMA_OF_MEDIAN = 1.4826;

  public Spread {
    if (!(translation > 0 && rotation > 0 && logScale > 0)) {
      throw new IllegalArgumentException(
          "a tie's spread is positive, got %s, %s, %s".formatted(translation, rotation, logScale));
    }
  }

  /**
   * What an alignment's residuals say of its link. The relative error of depth stands for how much
   * the model errs at all: it is taken as that of scale, of the way a camera has moved in depths,
   * and half of it as that of its turn, since a single shared camera agrees with itself. Where
   * several views are shared their disagreement adds to it; pixels of one view err together and
   * count once.
   *
   * @param medianDepth of the submap the link leads to, its units
   */
  public static Spread of(AlignmentQuality quality, double medianDepth) {
    double views = Math.sqrt(quality.sharedViews());
    double poor = 1 / Math.sqrt(Math.clamp(quality.inlierRatio(), 0.05, 1));
    double model = Math.max(FINEST, SIGMA_OF_MEDIAN * quality.residual()) * poor / views;
    double turn = Math.toRadians(quality.rotationSpreadDeg()) / views;
    double shift = quality.centreResidual() / views;
    return new Spread(Math.hypot(model, shift) * medianDepth, Math.hypot(model / 2, turn), model);
  }
}
