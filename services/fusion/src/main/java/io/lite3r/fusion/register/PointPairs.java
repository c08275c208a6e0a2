package io.lite3r.fusion.register;

import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.List;

/** The same points in two spaces. */
final class PointPairs {
  private final List<Vector3> source = new ArrayList<>();
  private final List<Vector3> target = new ArrayList<>();

  void add(Vector3 inSource, Vector3 inTarget) {
    source.add(inSource);
    target.add(inTarget);
  }

  int size() {
    return source.size();
  }

  Vector3 source(int i) {
    return source.get(i);
  }

  Vector3 target(int i) {
    return target.get(i);
  }

  /** Root mean square distance of the targets from their mean. */
  double targetSpread() {
    Vector3 mean = Vector3.ZERO;
    for (Vector3 point : target) {
      mean = mean.plus(point.times(1.0 / target.size()));
    }
    double sum = 0;
    for (Vector3 point : target) {
      Vector3 gap = point.minus(mean);
      sum += gap.dot(gap);
    }
    return Math.sqrt(sum / Math.max(1, target.size()));
  }

  static double[] flat(List<Vector3> points) {
    double[] flat = new double[3 * points.size()];
    for (int i = 0; i < points.size(); i++) {
      flat[3 * i] = points.get(i).x();
      flat[3 * i + 1] = points.get(i).y();
      flat[3 * i + 2] = points.get(i).z();
    }
    return flat;
  }

  double[] flatSource() {
    return flat(source);
  }

  double[] flatTarget() {
    return flat(target);
  }
}
