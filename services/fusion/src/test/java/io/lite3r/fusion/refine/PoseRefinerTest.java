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
import org.junit.jupiter.api.Test;

class PoseRefinerTest {
  private static final int VIEWS = 5;
  private final List<SubmapView> truth = TexturedRoom.seen(TexturedRoom.walk(VIEWS));

  @Test
  void posesAndFocalLengthOfAPoorModelComeNearTheTruth() {
    for (long seed = 1; seed <= 3; seed++) {
      List<SubmapView> given = TexturedRoom.poor(truth, new Random(seed));
      List<SubmapView> found = PoseRefiner.refine(given, false);
      assertThat(turnDeg(given)).isGreaterThan(1);
      assertThat(turnDeg(found)).as("rotation, degrees").isLessThan(0.2 * turnDeg(given));
      assertThat(wayDeg(found)).as("direction, degrees").isLessThan(0.3 * wayDeg(given));
      assertThat(found.getFirst().intrinsics().fx())
          .as("focal length, which was wrong by 8 %%")
          .isCloseTo(TexturedRoom.CAMERA.fx(), within(0.04 * TexturedRoom.CAMERA.fx()));
    }
  }

  @Test
  void aKnownCameraStaysAsItIsKnown() {
    List<SubmapView> given =
        TexturedRoom.poor(truth, new Random(4)).stream()
            .map(v -> seenBy(v, TexturedRoom.CAMERA))
            .toList();
    List<SubmapView> found = PoseRefiner.refine(given, true);
    assertThat(found.getLast().intrinsics().fx()).isCloseTo(120, within(0.01));
    assertThat(turnDeg(found)).isLessThan(0.2 * turnDeg(given));
  }

  @Test
  void theFirstCameraStaysAndTheSameWindowGivesTheSameBits() {
    List<SubmapView> given = TexturedRoom.poor(truth, new Random(5));
    List<SubmapView> once = PoseRefiner.refine(given, false);
    List<SubmapView> again = PoseRefiner.refine(given, false);
    assertThat(once.getFirst().submapFromCamera()).isEqualTo(given.getFirst().submapFromCamera());
    for (int i = 0; i < VIEWS; i++) {
      assertThat(again.get(i).submapFromCamera()).isEqualTo(once.get(i).submapFromCamera());
      assertThat(again.get(i).intrinsics()).isEqualTo(once.get(i).intrinsics());
    }
  }

  @Test
  void picturesThatShowNothingLeaveTheModelsPoses() {
    List<SubmapView> blank = new ArrayList<>();
    for (SubmapView view : TexturedRoom.poor(truth, new Random(6))) {
      blank.add(
          new SubmapView(
              view.depth(),
              view.confidence(),
              new byte[view.rgb().length],
              view.intrinsics(),
              view.submapFromCamera()));
    }
    assertThat(PoseRefiner.refine(blank, false)).isSameAs(blank);
    assertThat(PoseRefiner.depths(blank, 0)).isEmpty();
  }

  @Test
  void cornersLieWhereOtherViewsSeeThemWhateverTheModelSaysOfDepth() {
    List<SubmapView> bent = new ArrayList<>();
    for (SubmapView view : truth) {
      float[] depth = view.depth().clone();
      for (int i = 0; i < depth.length; i++) {
        depth[i] *= 1.1f;
      }
      bent.add(
          new SubmapView(
              depth, view.confidence(), view.rgb(), view.intrinsics(), view.submapFromCamera()));
    }
    List<CornerDepth> sure =
        PoseRefiner.depths(bent, 2).stream().filter(c -> c.information() > 200).toList();
    double[] ratios =
        sure.stream()
            .mapToDouble(c -> c.depth() / truth.get(2).depth()[(int) c.y() * 160 + (int) c.x()])
            .sorted()
            .toArray();
    assertThat(ratios).hasSizeGreaterThan(50);
    assertThat(ratios[ratios.length / 2]).isCloseTo(1, within(0.01));
  }

  @Test
  void jacobiansAreTheDerivativesOfResiduals() {
    List<RefinedView> views =
        List.of(new RefinedView(truth.get(0), false), new RefinedView(truth.get(3), false));
    Sight sight = new Sight(1, 70, 50);
    Track track = new Track(0, 90, 40, 3, List.of(sight));
    Bundle bundle = new Bundle(views, List.of(track), new Bundle.Sigmas(0.7, 1, 1, 1));
    List<Rigid3> poses = views.stream().map(RefinedView::worldFromCamera).toList();
    double[] rows = new double[2 * Bundle.ROW];
    BundleState at = new BundleState(poses, 0.1, new double[] {1.2});
    bundle.jacobian(track, sight, bundle.point(0, at), at, rows);
    double h = 1e-6;
    for (int k = 0; k < Bundle.ROW; k++) {
      double[] after = residual(bundle, track, sight, stepped(poses, k, h));
      double[] before = residual(bundle, track, sight, stepped(poses, k, -h));
      for (int row = 0; row < 2; row++) {
        double slope = (after[row] - before[row]) / (2 * h);
        assertThat(rows[Bundle.ROW * row + k])
            .isCloseTo(slope, within(1e-5 * (1 + Math.abs(slope))));
      }
    }
  }

  private static double[] residual(Bundle bundle, Track track, Sight sight, BundleState state) {
    double[] residual = new double[2];
    assertThat(bundle.residual(track, sight, bundle.point(0, state), state, residual)).isTrue();
    return residual;
  }

  private static BundleState stepped(List<Rigid3> poses, int k, double h) {
    List<Rigid3> moved = new ArrayList<>(poses);
    if (k < 12) {
      double[] six = new double[6];
      six[k % 6] = h;
      moved.set(
          k / 6,
          poses
              .get(k / 6)
              .times(
                  new Rigid3(
                      Rotation.exp(new Vector3(six[3], six[4], six[5])),
                      new Vector3(six[0], six[1], six[2]))));
    }
    return new BundleState(moved, 0.1 + (k == 12 ? h : 0), new double[] {1.2 + (k == 13 ? h : 0)});
  }

  private static SubmapView seenBy(SubmapView view, Intrinsics camera) {
    return new SubmapView(
        view.depth(), view.confidence(), view.rgb(), camera, view.submapFromCamera());
  }

  /** Mean error of turns between pairs. */
  private double turnDeg(List<SubmapView> views) {
    return mean(views, (found, real) -> found.rotation().inverse().times(real.rotation()).angle());
  }

  /** Mean error of directions between pairs. */
  private double wayDeg(List<SubmapView> views) {
    return mean(
        views,
        (found, real) -> {
          Vector3 a = found.translation();
          Vector3 b = real.translation();
          return Math.atan2(a.cross(b).norm(), a.dot(b));
        });
  }

  private interface Error {
    double of(Rigid3 found, Rigid3 real);
  }

  private double mean(List<SubmapView> views, Error error) {
    double sum = 0;
    for (int i = 0; i < VIEWS; i++) {
      for (int j = i + 1; j < VIEWS; j++) {
        sum += error.of(between(views, i, j), between(truth, i, j));
      }
    }
    return Math.toDegrees(sum / (VIEWS * (VIEWS - 1) / 2.0));
  }

  private static Rigid3 between(List<SubmapView> views, int i, int j) {
    return views.get(i).submapFromCamera().inverse().times(views.get(j).submapFromCamera());
  }
}
