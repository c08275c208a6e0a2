package io.lite3r.standalone.bench;

import io.lite3r.fusion.align.SimilarityFit;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.Arrays;
import java.util.List;

/**
 * How far estimated poses are from true ones.
 *
 * @param ate root mean square distance of the centres after the similarity that fits them best,
 *     unit of the truth
 * @param spread root mean square distance of the true centres from their mean
 * @param auc30 over all pairs of frames, the mean over the thresholds 1..30 degrees of the share
 *     whose relative rotation and direction of translation are both within
 */
record PoseErrors(double ate, double spread, double auc30) {
  private static final int DEGREES = 30;

  static PoseErrors of(List<Rigid3> found, List<Rigid3> truth) {
    int n = found.size();
    double[] a = centres(found);
    double[] b = centres(truth);
    double[] even = new double[n];
    Arrays.fill(even, 1);
    Sim3 fit = SimilarityFit.of(a, b, even, n, SimilarityFit.Scale.FORWARD).targetFromSource();
    Vector3 mean = Vector3.ZERO;
    for (Rigid3 pose : truth) {
      mean = mean.plus(pose.translation().times(1.0 / n));
    }
    double error = 0;
    double spread = 0;
    for (int i = 0; i < n; i++) {
      Vector3 gap = fit.apply(found.get(i).translation()).minus(truth.get(i).translation());
      Vector3 offset = truth.get(i).translation().minus(mean);
      error += gap.dot(gap);
      spread += offset.dot(offset);
    }
    return new PoseErrors(Math.sqrt(error / n), Math.sqrt(spread / n), auc(found, truth));
  }

  private static double auc(List<Rigid3> found, List<Rigid3> truth) {
    int pairs = 0;
    double area = 0;
    for (int i = 0; i < found.size(); i++) {
      for (int j = i + 1; j < found.size(); j++) {
        Rigid3 f = found.get(i).inverse().times(found.get(j));
        Rigid3 t = truth.get(i).inverse().times(truth.get(j));
        double turn = Math.toDegrees(f.rotation().inverse().times(t.rotation()).angle());
        double error = Math.max(turn, degrees(f.translation(), t.translation()));
        pairs++;
        area += Math.max(0, DEGREES - Math.floor(error)) / DEGREES;
      }
    }
    return area / pairs;
  }

  private static double degrees(Vector3 a, Vector3 b) {
    double lengths = a.norm() * b.norm();
    return lengths < 1e-12 ? 0 : Math.toDegrees(Math.acos(Math.clamp(a.dot(b) / lengths, -1, 1)));
  }

  private static double[] centres(List<Rigid3> poses) {
    double[] flat = new double[3 * poses.size()];
    for (int i = 0; i < poses.size(); i++) {
      Vector3 c = poses.get(i).translation();
      flat[3 * i] = c.x();
      flat[3 * i + 1] = c.y();
      flat[3 * i + 2] = c.z();
    }
    return flat;
  }
}
