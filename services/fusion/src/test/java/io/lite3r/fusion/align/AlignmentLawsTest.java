package io.lite3r.fusion.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.AlignmentQuality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlignmentLawsTest {
  private static final int N = 500;
  private static final Intrinsics CAMERA = new Intrinsics(50, 50, 32, 24, 64, 48);
  private final Random random = new Random(11);

  private double gauss() {
    return random.nextGaussian();
  }

  private Vector3 vector() {
    return new Vector3(gauss(), gauss(), gauss());
  }

  private Sim3 similarity() {
    return new Sim3(Math.exp(gauss()), Rotation.exp(vector()), vector().times(3));
  }

  private static double[] apply(Sim3 sim, double[] points) {
    double[] result = new double[points.length];
    for (int i = 0; i < points.length; i += 3) {
      Vector3 p = sim.apply(new Vector3(points[i], points[i + 1], points[i + 2]));
      result[i] = p.x();
      result[i + 1] = p.y();
      result[i + 2] = p.z();
    }
    return result;
  }

  private double[] cloud() {
    double[] points = new double[3 * N];
    Arrays.setAll(points, i -> gauss());
    return points;
  }

  private static double[] ones() {
    double[] weight = new double[N];
    Arrays.fill(weight, 1);
    return weight;
  }

  private static void assertSame(Sim3 found, Sim3 truth, double relative) {
    assertThat(found.scale() / truth.scale()).isCloseTo(1, within(relative));
    assertThat(found.rotation().inverse().times(truth.rotation()).angle())
        .isLessThan(Math.max(relative, 1e-7));
    assertThat(found.translation().minus(truth.translation()).norm())
        .isLessThan(relative * (1 + truth.translation().norm() + truth.scale()));
  }

  @Test
  void aKnownSimilarityIsRecoveredToNineDigits() {
    for (int trial = 0; trial < 50; trial++) {
      double[] source = cloud();
      Sim3 truth = similarity();
      assertSame(
          SimilarityFit.of(source, apply(truth, source), ones(), N, SimilarityFit.Scale.SYMMETRIC)
              .targetFromSource(),
          truth,
          1e-9);
    }
  }

  @Test
  void aThirdOfOutliersTenTimesAsFarDoesNotBendIt() {
    for (int trial = 0; trial < 10; trial++) {
      double[] source = cloud();
      Sim3 truth = similarity();
      double[] target = apply(truth, source);
      for (int i = 0; i < 0.3 * N; i++) {
        for (int a = 0; a < 3; a++) {
          target[3 * i + a] += 10 * truth.scale() * gauss();
        }
      }
      assertSame(RobustFit.of(source, target, ones(), N).targetFromSource(), truth, 1e-3);
    }
  }

  @Test
  void swappingTheTwoSetsGivesTheInverse() {
    double[] source = cloud();
    double[] target = apply(similarity(), source);
    for (int i = 0; i < target.length; i++) {
      target[i] += 0.1 * gauss();
    }
    Sim3 there =
        SimilarityFit.of(source, target, ones(), N, SimilarityFit.Scale.SYMMETRIC)
            .targetFromSource();
    Sim3 back =
        SimilarityFit.of(target, source, ones(), N, SimilarityFit.Scale.SYMMETRIC)
            .targetFromSource();
    assertSame(there.times(back), Sim3.IDENTITY, 1e-9);
  }

  @Test
  void aMirroredCloudIsAnsweredByARotation() {
    double[] source = cloud();
    double[] target = source.clone();
    for (int i = 0; i < target.length; i += 3) {
      target[i] = -target[i];
    }
    double[] m =
        SimilarityFit.of(source, target, ones(), N, SimilarityFit.Scale.SYMMETRIC)
            .targetFromSource()
            .rotation()
            .matrix();
    double determinant =
        m[0] * (m[4] * m[8] - m[5] * m[7])
            - m[1] * (m[3] * m[8] - m[5] * m[6])
            + m[2] * (m[3] * m[7] - m[4] * m[6]);
    assertThat(determinant).isCloseTo(1, within(1e-9));
  }

  @Test
  void pointsOnALineAreToldApart() {
    double[] source = new double[3 * N];
    for (int i = 0; i < N; i++) {
      source[3 * i] = gauss();
    }
    assertThat(
            SimilarityFit.of(source, source, ones(), N, SimilarityFit.Scale.SYMMETRIC).flatness())
        .isLessThan(SimilarityFit.LINE);
    assertThatThrownBy(
            () ->
                SimilarityFit.of(
                    new double[3 * N], source, ones(), N, SimilarityFit.Scale.SYMMETRIC))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void theUnitDoesNotMatter() {
    double[] source = cloud();
    Sim3 truth = similarity();
    double[] target = apply(truth, source);
    for (int i = 0; i < target.length; i++) {
      target[i] += (i % 7 == 0 ? 2 : 0.01) * gauss();
    }
    double[] larger = new double[target.length];
    Arrays.setAll(larger, i -> 1000 * target[i]);
    Sim3 one = RobustFit.of(source, target, ones(), N).targetFromSource();
    Sim3 thousand = RobustFit.of(source, larger, ones(), N).targetFromSource();
    assertThat(thousand.scale() / one.scale()).isCloseTo(1000, within(1e-6));
    assertThat(thousand.rotation().inverse().times(one.rotation()).angle()).isLessThan(1e-7);
  }

  /** A curved surface seen by cameras in two spaces, {@code sceneFromSubmap} apart. */
  private List<SharedView> shared(Sim3 sceneFromSubmap, int views, double turnDeg, double noise) {
    List<SharedView> shared = new ArrayList<>();
    for (int v = 0; v < views; v++) {
      Rigid3 camera = new Rigid3(Rotation.exp(vector().times(0.2)), vector());
      Rigid3 there = sceneFromSubmap.carry(camera);
      Rigid3 turned =
          new Rigid3(
              there.rotation().times(Rotation.exp(new Vector3(0, Math.toRadians(turnDeg), 0))),
              there.translation());
      float[] here = new float[64 * 48];
      float[] placed = new float[here.length];
      float[] confidence = new float[here.length];
      for (int i = 0; i < here.length; i++) {
        here[i] =
            (float) (2 + Math.sin(0.2 * (i % 64)) + 0.3 * Math.cos(0.1 * Math.floorDiv(i, 64)));
        placed[i] = (float) (here[i] * sceneFromSubmap.scale() * (1 + noise * gauss()));
        confidence[i] = 1 + random.nextFloat();
      }
      byte[] rgb = new byte[3 * here.length];
      shared.add(
          new SharedView(
              new SubmapView(placed, confidence, rgb, CAMERA, turned),
              Sim3.IDENTITY,
              new SubmapView(here, confidence, rgb, CAMERA, camera)));
    }
    return shared;
  }

  @Test
  void everyAlignerFindsAnExactPlaceFromOneViewOrSeveral() {
    for (Aligner aligner : List.of(new PoseAnchored(), new DenseAligner(), new JointAligner())) {
      for (int views : new int[] {1, 4}) {
        Sim3 truth = similarity();
        Alignment found = aligner.align(shared(truth, views, 0, 0));
        assertThat(found).isInstanceOf(Alignment.Aligned.class);
        Alignment.Aligned aligned = (Alignment.Aligned) found;
        assertSame(aligned.sceneFromSubmap(), truth, 2e-5);
        assertThat(aligned.quality().inlierRatio()).isEqualTo(1);
        assertThat(aligned.quality().sharedViews()).isEqualTo(views);
        assertThat(aligned.quality().method()).isEqualTo(aligner.name());
      }
    }
  }

  @Test
  void poorDepthDoesNotTurnWhatCamerasAgreeOn() {
    Sim3 truth = similarity();
    Alignment.Aligned aligned =
        (Alignment.Aligned) new PoseAnchored().align(shared(truth, 2, 0, 0.1));
    assertThat(aligned.sceneFromSubmap().rotation().inverse().times(truth.rotation()).angle())
        .isLessThan(1e-7);
    assertThat(aligned.sceneFromSubmap().scale() / truth.scale()).isCloseTo(1, within(0.01));
    assertThat(aligned.quality().residual()).isBetween(0.03, 0.15);
  }

  @Test
  void camerasThatDisagreeAreReported() {
    Sim3 truth = similarity();
    List<SharedView> views = new ArrayList<>(shared(truth, 3, 0, 0));
    views.addAll(shared(truth, 1, 4, 0));
    Alignment.Aligned aligned = (Alignment.Aligned) new PoseAnchored().align(views);
    assertThat(aligned.quality().rotationSpreadDeg()).isBetween(2.5, 3.5);
  }

  @Test
  void withoutCommonDepthThereIsNoPlaceButAReason() {
    List<SharedView> views = shared(Sim3.IDENTITY, 1, 0, 0);
    SubmapView placed = views.getFirst().placed();
    SubmapView blind =
        new SubmapView(
            new float[placed.depth().length],
            placed.confidence(),
            placed.rgb(),
            CAMERA,
            placed.submapFromCamera());
    for (Aligner aligner : List.of(new PoseAnchored(), new DenseAligner(), new JointAligner())) {
      Alignment found =
          aligner.align(List.of(new SharedView(blind, Sim3.IDENTITY, views.getFirst().incoming())));
      assertThat(found).isInstanceOf(Alignment.Unaligned.class);
      assertThat(((Alignment.Unaligned) found).reason()).contains("shared views");
    }
  }

  @Test
  void whatTheSharedViewsAreShortOfIsNamed() {
    Sim3 truth = similarity();
    assertThat(quality(shared(truth, 1, 0, 0)).degenerate()).isEqualTo("single-view");
    assertThat(quality(shared(truth, 3, 0, 0)).degenerate()).isEmpty();
    assertThat(quality(shared(truth, 3, 0, 0)).condition()).isBetween(0.05, 1.0);
    assertThat(quality(shared(truth, 3, 0, 0)).parallax()).isGreaterThan(0.1);
    assertThat(quality(shared(truth, 3, 0, 5)).degenerate()).isEqualTo("broken");
    List<SharedView> views = shared(truth, 1, 0, 0);
    List<SharedView> inOnePlace = List.of(views.getFirst(), views.getFirst());
    assertThat(quality(inOnePlace).degenerate()).isEqualTo("no-parallax");
    assertThat(quality(List.of(flat(truth))).degenerate()).isEqualTo("single-view planar");
  }

  private static AlignmentQuality quality(List<SharedView> shared) {
    return ((Alignment.Aligned) new PoseAnchored().align(shared)).quality();
  }

  /** A wall seen squarely. */
  private static SharedView flat(Sim3 sceneFromSubmap) {
    float[] here = new float[64 * 48];
    float[] placed = new float[here.length];
    Arrays.fill(here, 2);
    Arrays.fill(placed, (float) (2 * sceneFromSubmap.scale()));
    byte[] rgb = new byte[3 * here.length];
    float[] confidence = new float[here.length];
    Arrays.fill(confidence, 1);
    return new SharedView(
        new SubmapView(placed, confidence, rgb, CAMERA, sceneFromSubmap.carry(Rigid3.IDENTITY)),
        Sim3.IDENTITY,
        new SubmapView(here, confidence, rgb, CAMERA, Rigid3.IDENTITY));
  }
}
