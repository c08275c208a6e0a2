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
 * each is tied to its own track alone; what remains are the {@link Unknowns}.
 */
final class BundleSystem {
  private static final double LONGEST_STEP = 0.5;

  private final Bundle bundle;
  private final BundleState state;
  private final Unknowns unknowns;
  private final int size;
  private final double[] matrix;
  private final double[] right;
  private final double[] diagonal;
  private final double[] depthRight;
  private final double[][] coupling;
  private final int[][] coupled;
  private final int[][] ofPair;

  BundleSystem(Bundle bundle, BundleState state) {
    this.bundle = bundle;
    this.state = state;
    unknowns = bundle.unknowns;
    size = unknowns.size;
    ofPair = new int[bundle.views.size() * bundle.views.size()][];
    int tracks = bundle.tracks.size();
    matrix = new double[size * size];
    right = new double[size];
    diagonal = new double[tracks];
    depthRight = new double[tracks];
    coupling = new double[tracks][];
    coupled = new int[tracks][];
    double[] across = new double[size];
    double[] down = new double[size];
    for (int t = 0; t < tracks; t++) {
      add(t, across, down);
    }
    addPriors();
  }

  private void addPriors() {
    Bundle.Sigmas sigmas = bundle.sigmas;
    for (int lens = 0; lens < unknowns.lenses(); lens++) {
      addDiagonal(
          unknowns.lens(lens), bundle.focals.get(lens).sigma(), bundle.focalGap(lens, state));
    }
    if (unknowns.unit >= 0) {
      addDiagonal(unknowns.unit, Bundle.UNIT_SIGMA, bundle.unitGap(state));
    }
    for (int body = 0; body < unknowns.bodies(); body++) {
      int column = unknowns.body(body);
      if (column >= 0) {
        double[] gap = bundle.bodyGap(body, state);
        for (int k = 0; k < 6; k++) {
          addDiagonal(column + k, k < 3 ? sigmas.move() : sigmas.turn(), gap[k]);
        }
      }
    }
  }

  private void addDiagonal(int at, double sigma, double gap) {
    matrix[at * size + at] += 1 / (sigma * sigma);
    right[at] -= gap / sigma;
  }

  private void add(int t, double[] across, double[] down) {
    Track track = bundle.tracks.get(t);
    coupling[t] = new double[size];
    double gap = bundle.depthGap(t, state);
    double weight = Bundle.weight(gap * gap);
    diagonal[t] = weight / (Bundle.DEPTH_SIGMA * Bundle.DEPTH_SIGMA);
    depthRight[t] = -weight * gap / Bundle.DEPTH_SIGMA;
    Vector3 own = bundle.point(t, state);
    double[] residual = new double[2];
    double[] rows = new double[2 * Bundle.ROW];
    boolean[] touched = new boolean[size];
    for (Sight sight : track.sights()) {
      unknowns.mark(track.view(), sight.view(), touched);
      if (bundle.residual(track, sight, own, state, residual)) {
        bundle.jacobian(track, sight, own, state, rows);
        int[] columns = columns(track.view(), sight.view());
        spread(track, sight, rows, 0, columns, across);
        spread(track, sight, rows, Bundle.ROW, columns, down);
        double square = residual[0] * residual[0] + residual[1] * residual[1];
        double counts = Bundle.weight(square);
        accumulate(t, across, columns, rows[Bundle.ROW - 1], residual[0], counts);
        accumulate(t, down, columns, rows[2 * Bundle.ROW - 1], residual[1], counts);
      }
    }
    coupled[t] = indices(touched);
  }

  /** What a sight from one view in another depends on. */
  private int[] columns(int view, int other) {
    int pair = view * bundle.views.size() + other;
    if (ofPair[pair] == null) {
      boolean[] touched = new boolean[size];
      unknowns.mark(view, other, touched);
      ofPair[pair] = indices(touched);
    }
    return ofPair[pair];
  }

  private static int[] indices(boolean[] touched) {
    int[] at = new int[touched.length];
    int n = 0;
    for (int i = 0; i < touched.length; i++) {
      if (touched[i]) {
        at[n++] = i;
      }
    }
    return Arrays.copyOf(at, n);
  }

  /** One row of derivatives by cameras and focal lengths as one by the unknowns. */
  private void spread(
      Track track, Sight sight, double[] rows, int row, int[] columns, double[] into) {
    for (int column : columns) {
      into[column] = 0;
    }
    unknowns.spread(track.view(), rows, row, state.logUnit(), into);
    unknowns.spread(sight.view(), rows, row + 6, state.logUnit(), into);
    into[unknowns.lens(bundle.mounts.get(track.view()).lens())] += rows[row + 12];
    into[unknowns.lens(bundle.mounts.get(sight.view()).lens())] += rows[row + 13];
  }

  private void accumulate(
      int t, double[] row, int[] columns, double depth, double residual, double weight) {
    diagonal[t] += weight * depth * depth;
    depthRight[t] -= weight * depth * residual;
    for (int i : columns) {
      double value = weight * row[i];
      coupling[t][i] += value * depth;
      right[i] -= value * residual;
      for (int j : columns) {
        matrix[i * size + j] += value * row[j];
      }
    }
  }

  /** What sights alone say of a track's log depth, poses given: one over its variance. */
  double information(int t) {
    double gap = bundle.depthGap(t, state);
    return diagonal[t] - Bundle.weight(gap * gap) / (Bundle.DEPTH_SIGMA * Bundle.DEPTH_SIGMA);
  }

  /**
   * What sights say of each focal length, everything else unknown: one over the variance of its
   * logarithm. What is known of focal lengths beforehand is left out.
   */
  double[] focalInformation() {
    double[] reduced = reduced(0, new double[size]);
    double[] found = new double[unknowns.lenses()];
    for (int lens = 0; lens < found.length; lens++) {
      int at = unknowns.lens(lens);
      double sigma = bundle.focals.get(lens).sigma();
      // One instead of nothing: a matrix in which a focal length is not determined has no inverse.
      reduced[at * size + at] += 1 - 1 / (sigma * sigma);
    }
    for (int lens = 0; lens < found.length; lens++) {
      double[] column = new double[size];
      column[unknowns.lens(lens)] = 1;
      found[lens] =
          Cholesky.solve(reduced.clone(), column, size)
              ? Math.max(0, 1 / column[unknowns.lens(lens)] - 1)
              : 0;
    }
    return found;
  }

  /** The matrix without depths; takes their part from the right side, too. */
  private double[] reduced(double damping, double[] step) {
    double[] reduced = matrix.clone();
    for (int i = 0; i < size; i++) {
      reduced[i * size + i] *= 1 + damping;
    }
    for (int t = 0; t < diagonal.length; t++) {
      double over = 1 / (diagonal[t] * (1 + damping));
      double[] c = coupling[t];
      for (int i : coupled[t]) {
        double f = c[i] * over;
        step[i] -= f * depthRight[t];
        for (int j : coupled[t]) {
          reduced[i * size + j] -= f * c[j];
        }
      }
    }
    return reduced;
  }

  /** The state after one step; null when the system does not give one. */
  @Nullable BundleState step(double damping) {
    double[] step = right.clone();
    double[] reduced = reduced(damping, step);
    return Cholesky.solve(reduced, step, size) ? moved(step, damping) : null;
  }

  private @Nullable BundleState moved(double[] step, double damping) {
    for (double s : step) {
      if (!(Math.abs(s) < Double.POSITIVE_INFINITY)) {
        return null;
      }
    }
    List<Rigid3> bodies = new ArrayList<>();
    for (int i = 0; i < unknowns.bodies(); i++) {
      Rigid3 pose = state.bodies().get(i);
      int at = unknowns.body(i);
      bodies.add(
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
      for (int i : coupled[t]) {
        d -= coupling[t][i] * step[i];
      }
      logDepth[t] += Math.clamp(d / (diagonal[t] * (1 + damping)), -LONGEST_STEP, LONGEST_STEP);
    }
    double[] logFocal = state.logFocal().clone();
    for (int lens = 0; lens < logFocal.length; lens++) {
      logFocal[lens] += step[unknowns.lens(lens)];
      if (!(Math.abs(logFocal[lens]) < 1)) {
        return null;
      }
    }
    double logUnit = state.logUnit() + (unknowns.unit < 0 ? 0 : step[unknowns.unit]);
    return bundle.state(bodies, logUnit, logFocal, logDepth);
  }
}
