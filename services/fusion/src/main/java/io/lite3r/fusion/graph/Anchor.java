package io.lite3r.fusion.graph;

import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.List;

/**
 * A point of a submap that is known to lie at a place of the scene, such as a camera with GPS.
 *
 * @param node index of the submap
 * @param point submap units
 * @param target scene units
 * @param sigma standard deviation of the target along x, y and z, scene units
 */
public record Anchor(int node, Vector3 point, Vector3 target, Vector3 sigma) {

  /** Distance of three, each over its standard deviation. */
  double[] residual(List<Sim3> places) {
    Vector3 gap = places.get(node).apply(point).minus(target);
    return new double[] {gap.x() / sigma.x(), gap.y() / sigma.y(), gap.z() / sigma.z()};
  }

  /** Distance in standard deviations. */
  public double deviations(List<Sim3> places) {
    return Math.sqrt(Levenberg.square(residual(places)));
  }

  /** By a step on the right of the place, 3 x 7: {@code s R [I, -[p], p]}. */
  double[] jacobian(List<Sim3> places) {
    Sim3 place = places.get(node);
    double[] r = place.rotation().matrix();
    double s = place.scale();
    double[] p = {point.x(), point.y(), point.z()};
    double[] over = {sigma.x(), sigma.y(), sigma.z()};
    double[] j = new double[21];
    for (int i = 0; i < 3; i++) {
      double f = s / over[i];
      double x = f * r[3 * i];
      double y = f * r[3 * i + 1];
      double z = f * r[3 * i + 2];
      j[7 * i] = x;
      j[7 * i + 1] = y;
      j[7 * i + 2] = z;
      // phi x p = -p x phi, row by row through s R.
      j[7 * i + 3] = z * p[1] - y * p[2];
      j[7 * i + 4] = x * p[2] - z * p[0];
      j[7 * i + 5] = y * p[0] - x * p[1];
      j[7 * i + 6] = x * p[0] + y * p[1] + z * p[2];
    }
    return j;
  }
}
