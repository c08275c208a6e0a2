package io.lite3r.fusion.refine;

import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Normal equations of a {@link Bundle} at one state. Depths are kept apart and eliminated, since
 * each is tied to its own track alone: six unknowns a camera remain and one for the focal length.
 */
final class BundleSystem {
  private static final double LONGEST_STEP = 0.5;

  private final Bundle bundle;
  private final BundleState state;
  private final int[] column;
  private final int focal;
  private final int size;
  private final double[] matrix;
  private final double[] right;
  private final double[] diagonal;
  private final double[] depthRight;
  private final double[][] coupling;
  private final int[][] coupled;

  BundleSystem(Bundle bundle, BundleState state) {
    this.bundle = bundle;
    this.state = state;
    column = new int[bundle.views.size()];
    int next = 0;
    for (int i = 0; i < column.length; i++) {
      column[i] = bundle.views.get(i).fixed() ? -1 : next;
      next += bundle.views.get(i).fixed() ? 0 : 6;
    }
    focal = next;
    size = next + 1;
    int tracks = bundle.tracks.size();
    matrix = new double[size * size];
    right = new double[size];
    diagonal = new double[tracks];
    depthRight = new double[tracks];
    coupling = new double[tracks][];
    coupled = new int[tracks][];
    for (int t = 0; t < tracks; t++) {
      add(t);
    }
    addPriors();
  }

  private void addPriors() {
    Bundle.Sigmas sigmas = bundle.sigmas;
    addDiagonal(focal, sigmas.focal(), state.logFocal() / sigmas.focal());
    for (int i = 0; i < column.length; i++) {
      if (column[i] >= 0) {
        double[] gap = bundle.poseGap(i, state);
        for (int k = 0; k < 6; k++) {
          addDiagonal(column[i] + k, k < 3 ? sigmas.move() : sigmas.turn(), gap[k]);
        }
      }
    }
  }

  private void addDiagonal(int at, double sigma, double gap) {
    matrix[at * size + at] += 1 / (sigma * sigma);
    right[at] -= gap / sigma;
  }

  private void add(int t) {
    Track track = bundle.tracks.get(t);
    coupled[t] = columns(track);
    coupling[t] = new double[coupled[t].length];
    double gap = bundle.depthGap(t, state);
    double weight = Bundle.weight(gap * gap);
    diagonal[t] = weight / (Bundle.DEPTH_SIGMA * Bundle.DEPTH_SIGMA);
    depthRight[t] = -weight * gap / Bundle.DEPTH_SIGMA;
    Vector3 own = bundle.point(t, state);
    double[] residual = new double[2];
    double[] rows = new double[2 * Bundle.ROW];
    int[] global = new int[Bundle.ROW - 1];
    int[] local = new int[Bundle.ROW - 1];
    fill(global, local, 0, column[track.view()], 0);
    global[12] = focal;
    local[12] = coupled[t].length - 1;
    int next = column[track.view()] >= 0 ? 6 : 0;
    for (Sight sight : track.sights()) {
      int other = column[sight.view()];
      if (bundle.residual(track, sight, own, state, residual)) {
        bundle.jacobian(track, sight, own, state, rows);
        fill(global, local, 6, other, next);
        double square = residual[0] * residual[0] + residual[1] * residual[1];
        accumulate(t, rows, residual, Bundle.weight(square), global, local);
      }
      next += other >= 0 ? 6 : 0;
    }
  }

  private static void fill(int[] global, int[] local, int from, int column, int at) {
    for (int k = 0; k < 6; k++) {
      global[from + k] = column < 0 ? -1 : column + k;
      local[from + k] = at + k;
    }
  }

  /** Unknowns a track's depth is tied to: its own camera, those that see it, the focal length. */
  private int[] columns(Track track) {
    int[] at = new int[6 * (1 + track.sights().size()) + 1];
    int n = put(at, 0, column[track.view()]);
    for (Sight sight : track.sights()) {
      n = put(at, n, column[sight.view()]);
    }
    at[n++] = focal;
    return Arrays.copyOf(at, n);
  }

  private static int put(int[] at, int n, int column) {
    for (int k = 0; k < 6 && column >= 0; k++) {
      at[n + k] = column + k;
    }
    return column < 0 ? n : n + 6;
  }

  private void accumulate(
      int t, double[] rows, double[] residual, double weight, int[] global, int[] local) {
    for (int row = 0; row < 2; row++) {
      int base = Bundle.ROW * row;
      double depth = rows[base + Bundle.ROW - 1];
      diagonal[t] += weight * depth * depth;
      depthRight[t] -= weight * depth * residual[row];
      for (int i = 0; i < global.length; i++) {
        if (global[i] < 0) {
          continue;
        }
        double value = weight * rows[base + i];
        coupling[t][local[i]] += value * depth;
        right[global[i]] -= value * residual[row];
        for (int j = 0; j < global.length; j++) {
          if (global[j] >= 0) {
            matrix[global[i] * size + global[j]] += value * rows[base + j];
          }
        }
      }
    }
  }

  /** What sights alone say of a track's log depth, poses given: one over its variance. */
  double information(int t) {
    double gap = bundle.depthGap(t, state);
    return diagonal[t] - Bundle.weight(gap * gap) / (Bundle.DEPTH_SIGMA * Bundle.DEPTH_SIGMA);
  }

  /** The state after one step; null when the system does not give one. */
  @Nullable BundleState step(double damping) {
    double[] reduced = matrix.clone();
    double[] step = right.clone();
    for (int i = 0; i < size; i++) {
      reduced[i * size + i] *= 1 + damping;
    }
    for (int t = 0; t < diagonal.length; t++) {
      double over = 1 / (diagonal[t] * (1 + damping));
      int[] at = coupled[t];
      double[] c = coupling[t];
      for (int i = 0; i < at.length; i++) {
        double f = c[i] * over;
        step[at[i]] -= f * depthRight[t];
        for (int j = 0; j < at.length; j++) {
          reduced[at[i] * size + at[j]] -= f * c[j];
        }
      }
    }
    return solve(reduced, step, size) ? moved(step, damping) : null;
  }

  private @Nullable BundleState moved(double[] step, double damping) {
    for (double s : step) {
      if (!(Math.abs(s) < Double.POSITIVE_INFINITY)) {
        return null;
      }
    }
    List<Rigid3> poses = new ArrayList<>();
    for (int i = 0; i < column.length; i++) {
      Rigid3 pose = state.poses().get(i);
      int at = column[i];
      poses.add(
          at < 0
              ? pose
              : pose.times(
                  new Rigid3(
                      Rotation.exp(new Vector3(step[at + 3], step[at + 4], step[at + 5])),
                      new Vector3(step[at], step[at + 1], step[at + 2]))));
    }
    double[] logDepth = state.logDepth().clone();
    for (int t = 0; t < logDepth.length; t++) {
      double d = depthRight[t];
      for (int i = 0; i < coupled[t].length; i++) {
        d -= coupling[t][i] * step[coupled[t][i]];
      }
      logDepth[t] += Math.clamp(d / (diagonal[t] * (1 + damping)), -LONGEST_STEP, LONGEST_STEP);
    }
    double logFocal = state.logFocal() + step[focal];
    return Math.abs(logFocal) < 1 ? new BundleState(poses, logFocal, logDepth) : null;
  }

  /** Cholesky, in place; false when the matrix is not positive definite. */
  private static boolean solve(double[] a, double[] b, int n) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i * n + j];
        for (int k = 0; k < j; k++) {
          sum -= a[i * n + k] * a[j * n + k];
        }
        if (j < i) {
          a[i * n + j] = sum / a[j * n + j];
        } else if (sum > 0 && sum < Double.POSITIVE_INFINITY) {
          a[i * n + i] = Math.sqrt(sum);
        } else {
          return false;
        }
      }
    }
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        b[i] -= a[i * n + k] * b[k];
      }
      b[i] /= a[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        b[i] -= a[k * n + i] * b[k];
      }
      b[i] /= a[i * n + i];
    }
    return true;
  }
}
