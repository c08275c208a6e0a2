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
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoseRefinerTest {
  private static final int VIEWS = 5;
  private final List<SubmapView> truth = TexturedRoom.seen(TexturedRoom.walk(VIEWS));

  @Test
  void posesAndFocalLengthOfAPoorModelComeNearTheTruth() {
    for (long seed = 1; seed <= 3; seed++) {
      List<SubmapView> given = TexturedRoom.poor(truth, new Random(seed));
      Refined refined = refined(given, Eye.GUESSED);
      List<SubmapView> found = refined.views();
      assertThat(turnDeg(given)).isGreaterThan(1);
      assertThat(turnDeg(found)).as("rotation, degrees").isLessThan(0.2 * turnDeg(given));
      assertThat(wayDeg(found)).as("direction, degrees").isLessThan(0.3 * wayDeg(given));
      assertThat(found.getFirst().intrinsics().fx())
          .as("focal length, which was wrong by 8 %%")
          .isCloseTo(TexturedRoom.CAMERA.fx(), within(0.04 * TexturedRoom.CAMERA.fx()));
      assertThat(refined.focalSigma().getFirst()).isLessThan(0.04);
    }
  }

  @Test
  void aKnownCameraStaysAsItIsKnown() {
    List<SubmapView> given =
        TexturedRoom.poor(truth, new Random(4)).stream()
            .map(v -> seenBy(v, TexturedRoom.CAMERA))
            .toList();
    List<SubmapView> found = refined(given, Eye.MEASURED).views();
    assertThat(found.getLast().intrinsics().fx()).isCloseTo(120, within(0.01));
    assertThat(turnDeg(found)).isLessThan(0.2 * turnDeg(given));
  }

  @Test
  void theFirstCameraStaysAndTheSameWindowGivesTheSameBits() {
    List<SubmapView> given = TexturedRoom.poor(truth, new Random(5));
    List<SubmapView> once = refined(given, Eye.GUESSED).views();
    List<SubmapView> again = refined(given, Eye.GUESSED).views();
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
    assertThat(PoseRefiner.refine(blank, eyes(blank, Eye.GUESSED))).isNull();
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
  void viewsThatAModelHasTurnedAwayAreBroughtBack() {
    List<SubmapView> given = new ArrayList<>();
    Rigid3 away = new Rigid3(Rotation.exp(new Vector3(0.3, 0.5, 2.5)), new Vector3(2, -1, 1));
    for (SubmapView view : TexturedRoom.poor(truth, new Random(8))) {
      Rigid3 pose = view.submapFromCamera();
      given.add(view.at(given.size() < 3 ? pose : away.times(pose)));
    }
    List<SubmapView> found = refined(given, Eye.GUESSED).views();
    assertThat(turnDeg(given)).isGreaterThan(60);
    assertThat(turnDeg(found)).isLessThan(1);
    assertThat(wayDeg(found)).isLessThan(5);
  }

  @Test
  void onAStraightWayTheFocalLengthStaysAboutWhatItWas() {
    List<Rigid3> ahead = new ArrayList<>();
    for (int i = 0; i < VIEWS; i++) {
      ahead.add(new Rigid3(Rotation.IDENTITY, new Vector3(0.1, 0.1, 0.35 * i - 3)));
    }
    List<SubmapView> given = TexturedRoom.poor(TexturedRoom.seen(ahead), new Random(7));
    Refined refined = refined(given, Eye.GUESSED);
    assertThat(refined.focalSigma().getFirst()).as("not determined").isEqualTo(Eye.GUESSED);
    double before = given.getFirst().intrinsics().fx();
    assertThat(refined.views().getFirst().intrinsics().fx())
        .isCloseTo(before, within(0.03 * before));
  }

  @Test
  void aRigThatTurnsIsCalibratedByItsBaseline() {
    Rigid3 onRig = new Rigid3(Rotation.IDENTITY, new Vector3(0.3, 0, 0));
    List<Rigid3> poses = new ArrayList<>();
    List<Eye> eyes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Rigid3 left =
          new Rigid3(
              Rotation.exp(new Vector3(0, 0.05 * i, 0)), new Vector3(0.02 * i, 0, 0.3 * i - 2));
      poses.add(left);
      poses.add(left.times(onRig));
      eyes.add(new Eye(0, Eye.GUESSED, i, Rigid3.IDENTITY));
      eyes.add(new Eye(1, Eye.GUESSED, i, onRig));
    }
    Refined refined =
        PoseRefiner.calibrate(TexturedRoom.poor(TexturedRoom.seen(poses), new Random(9)), eyes);
    assertThat(refined).isNotNull();
    for (int lens = 0; lens < 2; lens++) {
      assertThat(refined.focalSigma().get(lens)).isLessThan(0.05);
      assertThat(refined.views().get(lens).intrinsics().fx()).isCloseTo(120, within(5.0));
    }
    Vector3 between =
        refined
            .views()
            .get(2)
            .submapFromCamera()
            .inverse()
            .times(refined.views().get(3).submapFromCamera())
            .translation();
    assertThat(between.x() / between.norm()).as("along the baseline").isCloseTo(1, within(1e-9));
  }

  private static Refined refined(List<SubmapView> views, double focalSigma) {
    return Objects.requireNonNull(PoseRefiner.refine(views, eyes(views, focalSigma)));
  }

  /** One camera, one view after the other. */
  private static List<Eye> eyes(List<SubmapView> views, double focalSigma) {
    List<Eye> eyes = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      eyes.add(new Eye(0, focalSigma, i, null));
    }
    return eyes;
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
