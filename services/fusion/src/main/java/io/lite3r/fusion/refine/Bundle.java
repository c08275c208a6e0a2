package io.lite3r.fusion.refine;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;
import java.util.Arrays;
import java.util.List;

/**
 * Bundle adjustment: moves the bodies that are not fixed, the depth of every track, the focal
 * length of every camera and the unit, so that tracks are seen where they were found and lie about
 * as deep as the model says; Cauchy's loss on both (Triggs, McLauchlan, Hartley, Fitzgibbon, 2000).
 */
final class Bundle {
  /**
   * Derivatives of one sight: by the pose of the track's view, the pose of the other, the focal
   * lengths of both, the depth.
   */
  static final int ROW = 15;

  /**
   * Standard deviation of a track's log depth. A tenth would be the model's error at one pixel, but
   * pixels of a view err together.
   */
  static final double DEPTH_SIGMA = 0.3;

  /** Standard deviation of the logarithm of the unit that a model's poses suggest. */
  static final double UNIT_SIGMA = 1;

  /** What a sight costs that lies behind the camera: more than any that is merely wrong. */
  private static final double BEHIND = 20;

  private static final int MOST_STEPS = 12;
  private static final double SETTLED = 1e-4;
  private static final double LARGEST_DAMPING = 1e8;

  final List<RefinedView> views;
  final List<Mount> mounts;
  final List<Track> tracks;
  final Sigmas sigmas;
  final Unknowns unknowns;
  final List<FocalPrior> focals;
  private final BundleState start;

  /**
   * Standard deviations.
   *
   * @param pixel of a sight, pixels
   * @param turn of the poses that are given, radians
   * @param move of the same, units of the poses
   */
  record Sigmas(double pixel, double turn, double move) {}

  /**
   * @param focals of each camera, relative to what the views have now
   */
  Bundle(Cameras cameras, List<Track> tracks, List<FocalPrior> focals, Sigmas sigmas) {
    this.views = cameras.views();
    this.mounts = cameras.mounts();
    this.tracks = tracks;
    this.focals = focals;
    this.sigmas = sigmas;
    unknowns = new Unknowns(mounts, cameras.fixed());
    double[] logDepth = new double[tracks.size()];
    Arrays.setAll(logDepth, i -> Math.log(tracks.get(i).depth()));
    start = state(cameras.bodies(), cameras.logUnit(), new double[unknowns.lenses()], logDepth);
  }

  BundleState state(List<Rigid3> bodies, double logUnit, double[] logFocal, double[] logDepth) {
    return BundleState.of(mounts, bodies, logUnit, logFocal, logDepth);
  }

  /** The best state that Levenberg's and Marquardt's steps reach from what is given. */
  BundleState solve() {
    BundleState state = start;
    double cost = cost(state);
    double damping = 1e-3;
    for (int step = 0; step < MOST_STEPS; step++) {
      BundleSystem system = new BundleSystem(this, state);
      boolean better = false;
      double before = cost;
      while (!better && damping < LARGEST_DAMPING) {
        BundleState moved = system.step(damping);
        double reached = moved == null ? Double.POSITIVE_INFINITY : cost(moved);
        if (moved != null && reached < cost) {
          state = moved;
          cost = reached;
          damping = Math.max(1e-9, damping / 10);
          better = true;
        } else {
          damping *= 10;
        }
      }
      if (!better || before - cost < SETTLED * before) {
        break;
      }
    }
    return state;
  }

  double cost(BundleState state) {
    double sum = square(unitGap(state));
    for (int lens = 0; lens < unknowns.lenses(); lens++) {
      sum += square(focalGap(lens, state));
    }
    double[] residual = new double[2];
    for (int t = 0; t < tracks.size(); t++) {
      Track track = tracks.get(t);
      sum += loss(square(depthGap(t, state)));
      Vector3 point = point(t, state);
      for (Sight sight : track.sights()) {
        boolean ahead = residual(track, sight, point, state, residual);
        sum += ahead ? loss(square(residual[0]) + square(residual[1])) : BEHIND;
      }
    }
    for (int body = 0; body < unknowns.bodies(); body++) {
      if (unknowns.body(body) >= 0) {
        for (double gap : bodyGap(body, state)) {
          sum += square(gap);
        }
      }
    }
    return sum;
  }

  static double square(double value) {
    return value * value;
  }

  private static double loss(double square) {
    return Math.log1p(square);
  }

  /** What a residual counts, by its square. */
  static double weight(double square) {
    return 1 / (1 + square);
  }

  /** How far a track's depth is from the model's, in standard deviations. */
  double depthGap(int track, BundleState state) {
    return (state.logDepth()[track] - Math.log(tracks.get(track).depth())) / DEPTH_SIGMA;
  }

  /** How far a body has moved and turned from what was given, in standard deviations. */
  double[] bodyGap(int body, BundleState state) {
    Rigid3 step = start.bodies().get(body).inverse().times(state.bodies().get(body));
    Vector3 move = step.translation().times(1 / sigmas.move());
    Vector3 turn = step.rotation().log().times(1 / sigmas.turn());
    return new double[] {move.x(), move.y(), move.z(), turn.x(), turn.y(), turn.z()};
  }

  /** How far a focal length is from what is known of it, in standard deviations. */
  double focalGap(int lens, BundleState state) {
    FocalPrior prior = focals.get(lens);
    return (state.logFocal()[lens] - prior.log()) / prior.sigma();
  }

  /** How far the unit is from what was given, in standard deviations. */
  double unitGap(BundleState state) {
    return (state.logUnit() - start.logUnit()) / UNIT_SIGMA;
  }

  /** The track's point in the axes of its own camera. */
  Vector3 point(int t, BundleState state) {
    Track track = tracks.get(t);
    Intrinsics k = views.get(track.view()).camera();
    double z = Math.exp(state.logDepth()[t]);
    double f = state.focal(mounts.get(track.view()).lens());
    return new Vector3(
        (track.x() - k.cx()) / (f * k.fx()) * z, (track.y() - k.cy()) / (f * k.fy()) * z, z);
  }

  /** Where the point is seen minus where it was found; false when it is behind the camera. */
  boolean residual(Track track, Sight sight, Vector3 point, BundleState state, double[] into) {
    Vector3 p = carried(state.between(sight.view(), track.view()), point);
    if (!(p.z() > 1e-9)) {
      return false;
    }
    Intrinsics k = views.get(sight.view()).camera();
    double f = state.focal(mounts.get(sight.view()).lens());
    into[0] = (f * k.fx() * p.x() / p.z() + k.cx() - sight.x()) / sigmas.pixel();
    into[1] = (f * k.fy() * p.y() / p.z() + k.cy() - sight.y()) / sigmas.pixel();
    return true;
  }

  /** Derivatives of {@link #residual}, two rows of {@link #ROW}; cameras step on the right. */
  void jacobian(Track track, Sight sight, Vector3 own, BundleState state, double[] rows) {
    double[] m = state.between(sight.view(), track.view());
    Vector3 p = carried(m, own);
    Intrinsics k = views.get(sight.view()).camera();
    double f = state.focal(mounts.get(sight.view()).lens()) / sigmas.pixel() / p.z();
    double fx = f * k.fx();
    double fy = f * k.fy();
    double[][] project = {{fx, 0, -fx * p.x() / p.z()}, {0, fy, -fy * p.y() / p.z()}};
    for (int row = 0; row < 2; row++) {
      double[] g = project[row];
      double x = g[0] * m[0] + g[1] * m[3] + g[2] * m[6];
      double y = g[0] * m[1] + g[1] * m[4] + g[2] * m[7];
      double z = g[0] * m[2] + g[1] * m[5] + g[2] * m[8];
      int base = ROW * row;
      // The track's camera: R (rho + phi x own).
      rows[base] = x;
      rows[base + 1] = y;
      rows[base + 2] = z;
      rows[base + 3] = z * own.y() - y * own.z();
      rows[base + 4] = x * own.z() - z * own.x();
      rows[base + 5] = y * own.x() - x * own.y();
      // The other camera: -rho - phi x p.
      rows[base + 6] = -g[0];
      rows[base + 7] = -g[1];
      rows[base + 8] = -g[2];
      rows[base + 9] = g[1] * p.z() - g[2] * p.y();
      rows[base + 10] = g[2] * p.x() - g[0] * p.z();
      rows[base + 11] = g[0] * p.y() - g[1] * p.x();
      // A longer focal length draws the point to its own axis, and its image from the other's.
      rows[base + 12] = -x * own.x() - y * own.y();
      rows[base + 13] = g[0] * p.x() + g[1] * p.y();
      rows[base + 14] = x * own.x() + y * own.y() + z * own.z();
    }
  }

  static Vector3 carried(double[] m, Vector3 v) {
    return new Vector3(
        m[0] * v.x() + m[1] * v.y() + m[2] * v.z() + m[9],
        m[3] * v.x() + m[4] * v.y() + m[5] * v.z() + m[10],
        m[6] * v.x() + m[7] * v.y() + m[8] * v.z() + m[11]);
  }
}
