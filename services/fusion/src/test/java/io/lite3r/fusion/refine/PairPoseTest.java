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

class PairPoseTest {
  private static final Intrinsics CAMERA = new Intrinsics(175, 175, 144, 80, 288, 160);
  private static final RefinedView VIEW =
      RefinedView.of(
          new SubmapView(
              new float[288 * 160],
              new float[288 * 160],
              new byte[3 * 288 * 160],
              CAMERA,
              Rigid3.IDENTITY));

  /** Turned around above a plain, as at the end of a strip of a flight. */
  private static final Rigid3 TURNED =
      new Rigid3(Rotation.exp(new Vector3(0.03, -0.02, 3.0)), new Vector3(0.4, 0.05, 0));

  private final Random random = new Random(5);

  @Test
  void threeTrueMatchesInSevenAreEnoughAboveAPlainWhoseDepthIsRough() {
    List<PairPose.Match> matches = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      Vector3 p = somewhere();
      Vector3 there = TURNED.apply(p);
      matches.add(new PairPose.Match(rough(p), rough(there)));
    }
    for (int i = 0; i < 40; i++) {
      matches.add(new PairPose.Match(somewhere(), somewhere()));
    }
    PairPose found = PairPose.of(VIEW, VIEW, matches);
    assertThat(found).isNotNull();
    Rigid3 gap = found.toFromSource().inverse().times(TURNED);
    assertThat(Math.toDegrees(gap.rotation().angle())).isLessThan(8);
    assertThat(gap.translation().norm()).isCloseTo(0, within(0.1));
    assertThat(PairPose.of(VIEW, VIEW, matches)).as("the same again").isEqualTo(found);
  }

  @Test
  void falseMatchesAgreeOnNothing() {
    for (int trial = 0; trial < 20; trial++) {
      List<PairPose.Match> matches = new ArrayList<>();
      for (int i = 0; i < 90; i++) {
        matches.add(new PairPose.Match(somewhere(), somewhere()));
      }
      assertThat(PairPose.of(VIEW, VIEW, matches)).isNull();
    }
  }

  private Vector3 somewhere() {
    return CAMERA.unproject(288 * random.nextDouble(), 160 * random.nextDouble(), 1);
  }

  private Vector3 rough(Vector3 p) {
    return p.times(1 + 0.04 * random.nextGaussian());
  }
}
