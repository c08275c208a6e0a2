package io.lite3r.fusion.align;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;

/**
 * A similarity that a minority of wrong pairs cannot bend: iteratively reweighted least squares,
 * first with Huber's weights, then with Tukey's, both scaled by the residuals' own median absolute
 * deviation, so that nothing depends on the unit.
 *
 * @param targetFromSource the similarity
 * @param flatness see {@link SimilarityFit}
 * @param residuals distance of each pair after the fit, target units
 * @param sigma robust standard deviation of the residuals
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
public record RobustFit(Sim3 targetFromSource, double flatness, double[] residuals, double sigma) {
  private static final int HUBER_STEPS = 15;
  private static final int TUKEY_STEPS = 10;
  private static final double HUBER = 1.345;
  private static final double TUKEY = 4.685;
  private static final double SIGMA_OF_MEDIAN = 1.4826;

  /**
   * Fits {@code target = s R source + t}.
   *
   * @param source x, y, z of each point
   * @param target x, y, z of each point
   * @throws ArithmeticException when the points give no similarity
   */
  public static RobustFit of(double[] source, double[] target, double[] weight, int count) {
    // The symmetric scale would swallow wrong points whole; the forward one leaves them standing
    // out.
    SimilarityFit fit =
        SimilarityFit.of(source, target, weight, count, SimilarityFit.Scale.FORWARD);
    double[] residual = new double[count];
    double[] weighted = new double[count];
    double sigma = measure(fit.targetFromSource(), source, target, residual);
    for (int step = 0; step < HUBER_STEPS + TUKEY_STEPS; step++) {
      boolean tukey = step >= HUBER_STEPS;
      double limit = (tukey ? TUKEY : HUBER) * sigma;
      double total = 0;
      for (int i = 0; i < count; i++) {
        double r = residual[i];
        double factor;
        if (tukey) {
          double q = r < limit ? 1 - r * r / (limit * limit) : 0;
          factor = q * q;
        } else {
          factor = r <= limit ? 1 : limit / r;
        }
        weighted[i] = weight[i] * factor;
        total += weighted[i];
      }
      if (!(total > 0)) {
        break; // every residual is zero: nothing is left to improve
      }
      fit =
          SimilarityFit.of(
              source,
              target,
              weighted,
              count,
              tukey ? SimilarityFit.Scale.SYMMETRIC : SimilarityFit.Scale.FORWARD);
      sigma = measure(fit.targetFromSource(), source, target, residual);
    }
    return new RobustFit(fit.targetFromSource(), fit.flatness(), residual, sigma);
  }

  private static double measure(Sim3 sim, double[] source, double[] target, double[] residual) {
    for (int i = 0; i < residual.length; i++) {
      Vector3 at = sim.apply(new Vector3(source[3 * i], source[3 * i + 1], source[3 * i + 2]));
      residual[i] =
          at.minus(new Vector3(target[3 * i], target[3 * i + 1], target[3 * i + 2])).norm();
    }
    // Residuals are distances: their median is already a deviation from zero.
    return SIGMA_OF_MEDIAN * Quantile.median(residual.clone(), residual.length);
  }
}
