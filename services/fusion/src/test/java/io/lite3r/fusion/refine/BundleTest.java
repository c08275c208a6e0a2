package io.lite3r.fusion.refine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Exact corners: what they determine comes out, and what they do not is said so. */
class BundleTest {
  private static final Intrinsics TRUE = new Intrinsics(200, 200, 128, 96, 256, 192);
  private static final double WRONG = 1.1;
  private static final double SIGMA = 0.15;
  private static final Vector3 BASELINE = new Vector3(0.5, 0, 0);

  private static final ToDoubleFunction<Vector3> HILLS =
      d -> 4 + 0.8 * Math.sin(5 * d.x()) + 0.6 * Math.cos(7 * d.y());
  private static final ToDoubleFunction<Vector3> WALL = d -> 4;

  @Test
  void turnsAndParallaxDetermineTheFocalLength() {
    Solved solved = solve(eyes(walk(0.06), null), walk(0.06), HILLS);
    assertThat(solved.focal(0)).isCloseTo(TRUE.fx(), within(0.01 * TRUE.fx()));
    assertThat(solved.sigma(0)).isLessThan(0.02);
  }

  @Test
  void aStraightWayTowardsAWallDoesNot() {
    List<Rigid3> ahead = ahead();
    Solved solved = solve(eyes(ahead, null), ahead, WALL);
    assertThat(solved.sigma(0)).isGreaterThan(1);
    assertThat(solved.focal(0)).isCloseTo(WRONG * TRUE.fx(), within(0.01 * TRUE.fx()));
  }

  @Test
  void aFlightStraightAboveAPlainDoesNot() {
    List<Rigid3> level = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      level.add(new Rigid3(Rotation.IDENTITY, new Vector3(0.4 * i, 0.02 * i, 0)));
    }
    assertThat(solve(eyes(level, null), level, WALL).sigma(0)).isGreaterThan(0.2);
  }

  @Test
  void aRigWithKnownBaselineFindsFocalLengthsAndUnitWhenItTurns() {
    List<Rigid3> rig = onRig(walk(0.06));
    Solved solved = solve(eyes(rig, BASELINE), rig, HILLS);
    assertThat(solved.focal(0)).isCloseTo(TRUE.fx(), within(0.01 * TRUE.fx()));
    assertThat(solved.focal(1)).isCloseTo(TRUE.fx(), within(0.01 * TRUE.fx()));
    Vector3 between = solved.pose(0).inverse().times(solved.pose(1)).translation();
    assertThat(between.times(1 / between.norm()).x()).isCloseTo(1, within(1e-9));
  }

  @Test
  void aRigOnAStraightWayKeepsWhatItKnewOfFocalLengths() {
    List<Rigid3> rig = onRig(ahead());
    Solved solved = solve(eyes(rig, BASELINE), rig, HILLS);
    assertThat(solved.sigma(0)).isGreaterThan(0.5);
    assertThat(solved.focal(0)).isCloseTo(WRONG * TRUE.fx(), within(0.01 * TRUE.fx()));
  }

  @Test
  void jacobiansAreTheDerivativesOfResiduals() {
    List<Rigid3> rig = onRig(walk(0.06)).subList(0, 4);
    Bundle bundle = bundle(eyes(rig, BASELINE), rig, HILLS);
    int size = bundle.unknowns.size;
    assertThat(size).as("one body that moves, two cameras, the unit").isEqualTo(9);
    for (Track track : bundle.tracks.subList(0, 40)) {
      for (Sight sight : track.sights()) {
        check(bundle, track, sight);
      }
    }
  }

  private static void check(Bundle bundle, Track track, Sight sight) {
    double h = 1e-6;
    double[] rows = new double[2 * Bundle.ROW];
    int t = bundle.tracks.indexOf(track);
    BundleState at = moved(bundle, -1, 0);
    bundle.jacobian(track, sight, bundle.point(t, at), at, rows);
    for (int k = 0; k < bundle.unknowns.size; k++) {
      double[] after = residual(bundle, t, sight, moved(bundle, k, h));
      double[] before = residual(bundle, t, sight, moved(bundle, k, -h));
      for (int row = 0; row < 2; row++) {
        double[] into = new double[bundle.unknowns.size];
        int base = Bundle.ROW * row;
        bundle.unknowns.spread(track.view(), rows, base, at.logUnit(), into);
        bundle.unknowns.spread(sight.view(), rows, base + 6, at.logUnit(), into);
        into[bundle.unknowns.lens(bundle.mounts.get(track.view()).lens())] += rows[base + 12];
        into[bundle.unknowns.lens(bundle.mounts.get(sight.view()).lens())] += rows[base + 13];
        double slope = (after[row] - before[row]) / (2 * h);
        assertThat(into[k]).isCloseTo(slope, within(1e-4 * (1 + Math.abs(slope))));
      }
    }
  }

  /** A state some way off the start, one unknown of which is moved on. */
  private static BundleState moved(Bundle bundle, int k, double h) {
    Unknowns unknowns = bundle.unknowns;
    double[] step = new double[unknowns.size];
    if (k >= 0) {
      step[k] = h;
    }
    List<Rigid3> bodies = new ArrayList<>();
    for (int b = 0; b < unknowns.bodies(); b++) {
      Rigid3 pose = new Rigid3(Rotation.exp(new Vector3(0, -0.1 * b, 0)), new Vector3(b, 0, 0));
      int c = unknowns.body(b);
      bodies.add(
          c < 0
              ? pose
              : pose.times(
                  new Rigid3(
                      Rotation.exp(new Vector3(step[c + 3], step[c + 4], step[c + 5])),
                      new Vector3(step[c], step[c + 1], step[c + 2]))));
    }
    double[] logDepth = new double[bundle.tracks.size()];
    for (int t = 0; t < logDepth.length; t++) {
      logDepth[t] = Math.log(bundle.tracks.get(t).depth());
    }
    double[] logFocal = {0.02 + step[unknowns.lens(0)], -0.03 + step[unknowns.lens(1)]};
    return bundle.state(bodies, 0.1 + step[unknowns.unit], logFocal, logDepth);
  }

  private static double[] residual(Bundle bundle, int t, Sight sight, BundleState state) {
    double[] residual = new double[2];
    Vector3 point = bundle.point(t, state);
    assertThat(bundle.residual(bundle.tracks.get(t), sight, point, state, residual)).isTrue();
    return residual;
  }

  private record Solved(Bundle bundle, BundleState state) {
    double focal(int lens) {
      return WRONG * TRUE.fx() * state.focal(lens);
    }

    double sigma(int lens) {
      return 1 / Math.sqrt(new BundleSystem(bundle, state).focalInformation()[lens]);
    }

    Rigid3 pose(int view) {
      return state.poses().get(view);
    }
  }

  private static Solved solve(List<Eye> eyes, List<Rigid3> truth, ToDoubleFunction<Vector3> depth) {
    Bundle bundle = bundle(eyes, truth, depth);
    return new Solved(bundle, bundle.solve());
  }

  private static Bundle bundle(
      List<Eye> eyes, List<Rigid3> truth, ToDoubleFunction<Vector3> depth) {
    Intrinsics wrong = new Intrinsics(WRONG * 200, WRONG * 200, 128, 96, 256, 192);
    int pixels = 256 * 192;
    List<SubmapView> views =
        truth.stream()
            .map(
                pose ->
                    new SubmapView(
                        new float[pixels], new float[pixels], new byte[3 * pixels], wrong, pose))
            .toList();
    int lenses = 1 + eyes.stream().mapToInt(Eye::lens).max().orElseThrow();
    List<FocalPrior> priors = new ArrayList<>();
    for (int lens = 0; lens < lenses; lens++) {
      priors.add(new FocalPrior(0, SIGMA));
    }
    return new Bundle(
        Cameras.of(views, eyes),
        tracks(truth, depth),
        priors,
        new Bundle.Sigmas(0.3, Math.toRadians(5), 0.5));
  }

  /** Points on a surface ahead of the first camera, each chosen in one view and seen in others. */
  private static List<Track> tracks(List<Rigid3> truth, ToDoubleFunction<Vector3> depth) {
    Random random = new Random(1);
    List<Track> tracks = new ArrayList<>();
    for (int i = 0; i < 150 * truth.size(); i++) {
      Vector3 ray =
          TRUE.unproject(20 + 216 * random.nextDouble(), 20 + 152 * random.nextDouble(), 1);
      Vector3 point = truth.getFirst().apply(ray.times(depth.applyAsDouble(ray)));
      int from = i % truth.size();
      Vector3 own = truth.get(from).inverse().apply(point);
      List<Sight> sights = new ArrayList<>();
      for (int to = 0; to < truth.size(); to++) {
        Vector3 there = truth.get(to).inverse().apply(point);
        if (to != from && there.z() > 0.1) {
          sights.add(new Sight(to, x(there), y(there)));
        }
      }
      if (own.z() > 0.1 && !sights.isEmpty()) {
        tracks.add(new Track(from, x(own), y(own), own.z(), sights));
      }
    }
    return tracks;
  }

  private static double x(Vector3 p) {
    return TRUE.fx() * p.x() / p.z() + TRUE.cx();
  }

  private static double y(Vector3 p) {
    return TRUE.fy() * p.y() / p.z() + TRUE.cy();
  }

  private static List<Rigid3> walk(double turn) {
    List<Rigid3> poses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      poses.add(
          new Rigid3(
              Rotation.exp(new Vector3(0.02 * i, -turn * i, 0.03 * i)),
              new Vector3(0.3 * i, 0.05 * i, 0.1 * i)));
    }
    return poses;
  }

  private static List<Rigid3> ahead() {
    List<Rigid3> poses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      poses.add(new Rigid3(Rotation.IDENTITY, new Vector3(0, 0, 0.5 * i)));
    }
    return poses;
  }

  /** Left and right, one after the other. */
  private static List<Rigid3> onRig(List<Rigid3> left) {
    List<Rigid3> poses = new ArrayList<>();
    for (Rigid3 pose : left) {
      poses.add(pose);
      poses.add(pose.times(new Rigid3(Rotation.IDENTITY, BASELINE)));
    }
    return poses;
  }

  private static List<Eye> eyes(List<Rigid3> poses, Vector3 baseline) {
    List<Eye> eyes = new ArrayList<>();
    for (int i = 0; i < poses.size(); i++) {
      eyes.add(
          baseline == null
              ? new Eye(0, SIGMA, i, null)
              : new Eye(
                  i % 2,
                  SIGMA,
                  i / 2,
                  new Rigid3(Rotation.IDENTITY, i % 2 == 0 ? Vector3.ZERO : baseline)));
    }
    return eyes;
  }
}
