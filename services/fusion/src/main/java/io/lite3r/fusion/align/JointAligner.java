package io.lite3r.fusion.align;

import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.Arrays;
import java.util.List;

/**
 * Shared cameras and dense points in one fit. Each shared camera enters as points on its own axes,
 * one depth away to either side, which carry {@link #CAMERA_SHARE} of all weight; points of pixels
 * carry the rest and can move the result only where they agree among each other.
 */
public final class JointAligner implements Aligner {
  /** Weight of all cameras together over the weight of all points together. */
  private static final double CAMERA_SHARE = 4;

  private static final double[][] AXES = {
    {0, 0, 0}, {1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}
  };

  @Override
  public String name() {
    return "joint";
  }

  @Override
  public Alignment align(List<SharedView> shared) {
    DepthPairs pairs = DepthPairs.of(shared);
    if (pairs.count < PoseAnchored.FEWEST_PAIRS) {
      return new Alignment.Unaligned(
          "only %d pixels of the %d shared views have depth on both sides"
              .formatted(pairs.count, shared.size()));
    }
    Sim3 start = PoseAnchored.place(shared, pairs);
    RobustFit points;
    try {
      points = RobustFit.of(pairs.submap, pairs.scene, pairs.weight, pairs.count);
    } catch (ArithmeticException e) {
      return new Alignment.Unaligned("the shared points give no similarity: " + e.getMessage());
    }
    int cameras = AXES.length * shared.size();
    double[] source = Arrays.copyOf(pairs.submap, 3 * (pairs.count + cameras));
    double[] target = Arrays.copyOf(pairs.scene, 3 * (pairs.count + cameras));
    double[] weight = new double[pairs.count + cameras];
    double total = 0;
    for (int i = 0; i < pairs.count; i++) {
      double limit = 4.685 * points.sigma();
      double q = points.residuals()[i] < limit ? points.residuals()[i] / limit : 1;
      weight[i] = pairs.weight[i] * (1 - q * q) * (1 - q * q);
      total += weight[i];
    }
    double depth = meanDepth(pairs, shared);
    int at = pairs.count;
    for (SharedView view : shared) {
      for (double[] axis : AXES) {
        Vector3 along = new Vector3(axis[0] * depth, axis[1] * depth, axis[2] * depth);
        put(target, at, view.sceneFromCamera(), along);
        put(source, at, view.incoming().submapFromCamera(), along.times(1 / start.scale()));
        weight[at] = CAMERA_SHARE * Math.max(total, 1e-9) / cameras;
        at++;
      }
    }
    SimilarityFit fit = SimilarityFit.of(source, target, weight, at, SimilarityFit.Scale.SYMMETRIC);
    Rotation rotation = fit.targetFromSource().rotation();
    Sim3 place = new Sim3(start.scale(), rotation, fit.targetFromSource().translation());
    place = SharedCameras.place(shared, place.scale(), rotation);
    return new Alignment.Aligned(place, Measured.of(name(), shared, pairs, place));
  }

  private static void put(double[] points, int at, Rigid3 pose, Vector3 along) {
    Vector3 point = pose.apply(along);
    points[3 * at] = point.x();
    points[3 * at + 1] = point.y();
    points[3 * at + 2] = point.z();
  }

  private static double meanDepth(DepthPairs pairs, List<SharedView> shared) {
    Vector3 centre = shared.getFirst().sceneFromCamera().translation();
    double sum = 0;
    for (int i = 0; i < pairs.count; i++) {
      sum +=
          new Vector3(pairs.scene[3 * i], pairs.scene[3 * i + 1], pairs.scene[3 * i + 2])
              .minus(centre)
              .norm();
    }
    return sum / pairs.count;
  }
}
