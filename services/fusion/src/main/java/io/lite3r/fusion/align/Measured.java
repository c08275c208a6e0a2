package io.lite3r.fusion.align;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.AlignmentQuality;
import java.util.ArrayList;
import java.util.List;

/** How good a placement is, measured the same way whoever found it. */
final class Measured {
  /** Depths that differ by less than this ratio agree. */
  private static final double AGREE = Math.log(1.1);

  /**
   * When fewer pixels agree the link is broken: depths that have nothing to do with each other, a
   * factor of two apart either way, agree in a seventh of all pixels.
   */
  private static final double BROKEN = 0.1;

  /** Points thinner than this share of their length lie in a plane. */
  private static final double PLANAR = 0.01;

  /** Cameras nearer to each other than this share of the depth stand in one place. */
  private static final double ONE_PLACE = 0.002;

  private Measured() {}

  static AlignmentQuality of(String method, List<SharedView> shared, DepthPairs pairs, Sim3 place) {
    double logScale = Math.log(place.scale());
    double[] gap = new double[pairs.count];
    for (int i = 0; i < pairs.count; i++) {
      gap[i] = Math.abs(pairs.logRatio[i] - logScale);
    }
    double depth = medianDepth(shared);
    double inliers = agreeing(pairs, logScale);
    // Corners may know the scale better than depth does: whether depths have to do with each other
    // at all shows about their own median.
    double related =
        pairs.count == 0
            ? 0
            : agreeing(pairs, Quantile.weightedMedian(pairs.logRatio, pairs.weight, pairs.count));
    double condition = condition(pairs);
    double parallax = parallax(shared) / depth;
    return new AlignmentQuality(
        method,
        shared.size(),
        inliers,
        pairs.count == 0 ? 0 : Quantile.median(gap, gap.length),
        place.scale() / shared.getLast().sceneFromPlaced().scale(),
        SharedCameras.spreadDeg(shared, place.rotation()),
        SharedCameras.centreRms(shared, place) / depth,
        degenerate(shared.size(), Math.max(inliers, related), condition, parallax),
        condition,
        parallax);
  }

  private static double agreeing(DepthPairs pairs, double logScale) {
    int agree = 0;
    for (int i = 0; i < pairs.count; i++) {
      if (Math.abs(pairs.logRatio[i] - logScale) < AGREE) {
        agree++;
      }
    }
    return (double) agree / Math.max(1, pairs.count);
  }

  private static String degenerate(int views, double inliers, double condition, double parallax) {
    List<String> names = new ArrayList<>();
    if (views == 1) {
      names.add("single-view");
    } else if (parallax < ONE_PLACE) {
      names.add("no-parallax");
    }
    if (condition < PLANAR) {
      names.add("planar");
    }
    if (inliers < BROKEN) {
      names.add(Alignment.BROKEN);
    }
    return String.join(" ", names);
  }

  /** Shortest over longest standard deviation of the shared points. */
  private static double condition(DepthPairs pairs) {
    double[] mean = new double[3];
    for (int i = 0; i < 3 * pairs.count; i++) {
      mean[i % 3] += pairs.scene[i] / pairs.count;
    }
    double[] covariance = new double[9];
    for (int i = 0; i < pairs.count; i++) {
      for (int a = 0; a < 3; a++) {
        for (int b = 0; b < 3; b++) {
          covariance[3 * a + b] +=
              (pairs.scene[3 * i + a] - mean[a]) * (pairs.scene[3 * i + b] - mean[b]);
        }
      }
    }
    double[] spread = new double[3];
    SimilarityFit.nearestRotation(covariance, spread);
    return spread[0] > 0 ? Math.sqrt(Math.max(0, spread[2]) / spread[0]) : 0;
  }

  private static double parallax(List<SharedView> shared) {
    List<Vector3> centres =
        shared.stream().map(SharedView::sceneFromCamera).map(Rigid3::translation).toList();
    Vector3 mean = Vector3.ZERO;
    for (Vector3 centre : centres) {
      mean = mean.plus(centre.times(1.0 / centres.size()));
    }
    double sum = 0;
    for (Vector3 centre : centres) {
      sum += centre.minus(mean).dot(centre.minus(mean));
    }
    return Math.sqrt(sum / centres.size());
  }

  private static double medianDepth(List<SharedView> shared) {
    SharedView view = shared.getLast();
    float[] depth = view.placed().depth().clone();
    return Math.max(1e-12, Quantile.of(depth, depth.length, 0.5) * view.sceneFromPlaced().scale());
  }
}
