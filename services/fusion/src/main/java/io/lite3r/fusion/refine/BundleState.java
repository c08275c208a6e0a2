package io.lite3r.fusion.refine;

import io.lite3r.geometry.Rigid3;
import java.util.Arrays;
import java.util.List;

/**
 * Where everything is taken to be while a {@link Bundle} is adjusted.
 *
 * @param poses world from camera, of each view
 * @param between for each pair of views the way from the second to the first: matrix and shift
 * @param logFocal logarithm of what the focal lengths are multiplied by
 * @param logDepth logarithm of each track's depth
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
record BundleState(List<Rigid3> poses, double[][] between, double logFocal, double[] logDepth) {

  BundleState(List<Rigid3> poses, double logFocal, double[] logDepth) {
    this(poses, between(poses), logFocal, logDepth);
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

  double focal() {
    return Math.exp(logFocal);
  }
}
