package io.lite3r.fusion.refine;

import io.lite3r.geometry.Rigid3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where everything is taken to be while a {@link Bundle} is adjusted.
 *
 * @param bodies world from body
 * @param logUnit logarithm of the units of the world in a metre; only bodies of several views ask
 * @param poses world from camera, of each view
 * @param between for each pair of views the way from the second to the first: matrix and shift
 * @param logFocal logarithm of what each camera's focal length is multiplied by
 * @param logDepth logarithm of each track's depth
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
record BundleState(
    List<Rigid3> bodies,
    double logUnit,
    List<Rigid3> poses,
    double[][] between,
    double[] logFocal,
    double[] logDepth) {

  static BundleState of(
      List<Mount> mounts,
      List<Rigid3> bodies,
      double logUnit,
      double[] logFocal,
      double[] logDepth) {
    List<Rigid3> poses = new ArrayList<>();
    for (Mount mount : mounts) {
      poses.add(bodies.get(mount.body()).times(inUnits(mount.bodyFromCamera(), logUnit)));
    }
    return new BundleState(bodies, logUnit, poses, between(poses), logFocal, logDepth);
  }

  /** A place on a body, which is in metres, in units of the world. */
  static Rigid3 inUnits(Rigid3 bodyFromCamera, double logUnit) {
    return new Rigid3(
        bodyFromCamera.rotation(), bodyFromCamera.translation().times(Math.exp(logUnit)));
  }

  private static double[][] between(List<Rigid3> poses) {
    int n = poses.size();
    double[][] all = new double[n * n][];
    for (int to = 0; to < n; to++) {
      Rigid3 back = poses.get(to).inverse();
      for (int from = 0; from < n; from++) {
        Rigid3 pair = back.times(poses.get(from));
        double[] m = Arrays.copyOf(pair.rotation().matrix(), 12);
        m[9] = pair.translation().x();
        m[10] = pair.translation().y();
        m[11] = pair.translation().z();
        all[to * n + from] = m;
      }
    }
    return all;
  }

  /** Row by row the rotation, then the shift, from one camera's axes to another's. */
  double[] between(int to, int from) {
    return between[to * poses.size() + from];
  }

  double focal(int lens) {
    return Math.exp(logFocal[lens]);
  }
}
