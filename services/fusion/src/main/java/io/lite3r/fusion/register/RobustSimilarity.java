package io.lite3r.fusion.register;

import io.lite3r.fusion.align.SimilarityFit;
import io.lite3r.fusion.submap.Quantile;
import io.lite3r.geometry.Sim3;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The similarity of few points, some of which may be wrong: least squares in the target with
 * Cauchy's weights, scaled by the median absolute deviation and never finer than a floor, since the
 * residuals of three or four points say little about their own size.
 *
 * @param targetFromSource the similarity
 * @param rms of the residuals that count, target units
 * @param inliers how many count: those within three deviations
 */
record RobustSimilarity(Sim3 targetFromSource, double rms, int inliers) {
  private static final int STEPS = 30;
  private static final double SIGMA_OF_MEDIAN = 1.4826;

  /** Second over first singular value of the correlation; below, the points lie on a line. */
  private static final double LINE = 0.01;

  /**
   * Null when the points lie on a line, where the turn about it is unknown, or in one place.
   *
   * @param floor least standard deviation of a point, target units
   */
  static @Nullable RobustSimilarity of(PointPairs pairs, double floor) {
    int n = pairs.size();
    double[] source = pairs.flatSource();
    double[] target = pairs.flatTarget();
    double[] weight = new double[n];
    Arrays.fill(weight, 1);
    double[] residual = new double[n];
    try {
      SimilarityFit fit = SimilarityFit.of(source, target, weight, n, SimilarityFit.Scale.FORWARD);
      double sigma = measure(fit.targetFromSource(), pairs, residual, floor);
      for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < n; i++) {
          double q = residual[i] / (2 * sigma);
          weight[i] = 1 / (1 + q * q);
        }
        fit = SimilarityFit.of(source, target, weight, n, SimilarityFit.Scale.FORWARD);
        sigma = measure(fit.targetFromSource(), pairs, residual, floor);
      }
      if (!(fit.flatness() > LINE)) {
        return null;
      }
      return of(fit.targetFromSource(), residual, 3 * sigma);
    } catch (ArithmeticException e) {
      return null; // all in one place
    }
  }

  private static RobustSimilarity of(Sim3 found, double[] residual, double limit) {
    double sum = 0;
    int inliers = 0;
    for (double r : residual) {
      if (r <= limit) {
        sum += r * r;
        inliers++;
      }
    }
    return new RobustSimilarity(found, Math.sqrt(sum / Math.max(1, inliers)), inliers);
  }

  private static double measure(Sim3 fit, PointPairs pairs, double[] residual, double floor) {
    for (int i = 0; i < residual.length; i++) {
      residual[i] = fit.apply(pairs.source(i)).minus(pairs.target(i)).norm();
    }
    return Math.max(floor, SIGMA_OF_MEDIAN * Quantile.median(residual.clone(), residual.length));
  }
}
