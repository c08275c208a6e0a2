package io.lite3r.reconstruction.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.FocalConvention;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictionCheckTest {
  private static final Bucket GRID = new Bucket(30, 40);
  private static final int PIXELS = 1200;

  @Test
  void aPlausibleAnswerBecomesViews() {
    Verdict verdict = PredictionCheck.judge(plausible(), true);

    assertThat(verdict).isInstanceOf(Verdict.Plausible.class);
    ViewGeometry second = ((Verdict.Plausible) verdict).views().get(1);
    assertThat(second.submapFromCamera().translation().x()).isCloseTo(.1, within(1e-6));
    assertThat(second.intrinsics().fx()).isCloseTo(.8 * 40, within(1e-5));
    assertThat(second.intrinsics().fy()).isCloseTo(1.1 * 30, within(1e-5));
    assertThat(second.intrinsics().cx()).isEqualTo(20);
    assertThat(second.meanConfidence()).isCloseTo(2, within(1e-6));
  }

  @Test
  void oneFocalLengthMeansSquarePixelsOfTheGrid() {
    Prediction p = plausible();
    Prediction square =
        new Prediction(
            2,
            GRID,
            p.depth(),
            p.confidence(),
            p.rotation(),
            p.translation(),
            new float[] {.75f, .75f},
            FocalConvention.SQUARE_PIXELS);

    ViewGeometry view =
        ((Verdict.Plausible) PredictionCheck.judge(square, true)).views().getFirst();

    assertThat(view.intrinsics().fx()).isEqualTo(30);
    assertThat(view.intrinsics().fy()).isEqualTo(30);
  }

  @Test
  void nonsenseInAnyOutputIsFoundByName() {
    assertThat(judgeWith(p -> p.depth()[700] = Float.NaN))
        .isEqualTo(
            new Verdict.NotFinite("1 of 2400 values of the model's depth are NaN or infinite"));
    assertThat(judgeWith(p -> p.confidence()[1] = Float.POSITIVE_INFINITY))
        .isInstanceOf(Verdict.NotFinite.class);
    assertThat(judgeWith(p -> p.rotation()[3] = Float.NaN)).isInstanceOf(Verdict.NotFinite.class);
    assertThat(judgeWith(p -> p.translation()[5] = Float.NEGATIVE_INFINITY))
        .isInstanceOf(Verdict.NotFinite.class);
    assertThat(judgeWith(p -> p.focal()[0] = Float.NaN)).isInstanceOf(Verdict.NotFinite.class);
  }

  @Test
  void whatNoCameraCanSeeIsImplausible() {
    assertImplausible("positive", p -> Arrays.fill(p.depth(), 0, PIXELS, -1));
    assertImplausible("one and the same number", p -> Arrays.fill(p.depth(), 1.5f));
    Random random = new Random(1);
    assertImplausible(
        "noise",
        p -> {
          for (int i = 0; i < PIXELS; i++) {
            p.depth()[i] = (float) Math.exp(random.nextGaussian());
          }
        });
    assertImplausible("no unit quaternion", p -> p.rotation()[0] = 3);
    assertImplausible("units away", p -> p.translation()[3] = 1e7f);
    assertImplausible("no lens", p -> p.focal()[1] = 0);
    assertImplausible("no lens", p -> p.focal()[2] = 400);
    assertImplausible("reference", p -> p.translation()[0] = .3f);
    assertImplausible("reference", p -> p.rotation()[2] = .06f);
    assertImplausible(
        "reference",
        p -> {
          p.rotation()[0] = 0;
          p.rotation()[2] = 1;
        });
  }

  @Test
  void theSameDepthOrPoseForDifferentImagesIsImplausibleAndForEqualImagesIsNot() {
    Prediction flat = plausible();
    System.arraycopy(flat.depth(), 0, flat.depth(), PIXELS, PIXELS);
    Prediction still = plausible();
    still.translation()[3] = 0;

    for (Prediction blind : List.of(flat, still)) {
      assertThat(PredictionCheck.judge(blind, true)).isInstanceOf(Verdict.Implausible.class);
      assertThat(PredictionCheck.judge(blind, false)).isInstanceOf(Verdict.Plausible.class);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 1, 1000})
  void anyUnitOfLengthWillDo(double unit) {
    Prediction p = plausible();
    for (int i = 0; i < p.depth().length; i++) {
      p.depth()[i] *= (float) unit;
    }
    for (int i = 0; i < p.translation().length; i++) {
      p.translation()[i] *= (float) unit;
    }

    assertThat(PredictionCheck.judge(p, true)).isInstanceOf(Verdict.Plausible.class);
  }

  @Test
  void aCoarseAnswerPasses() {
    // A third of the pixels missing, depth in steps, confidence below its floor, a drifting camera.
    Verdict verdict =
        judgeWith(
            p -> {
              for (int i = 0; i < p.depth().length; i++) {
                p.depth()[i] = i % 40 < 13 ? 0 : 1 + i / PIXELS + i % 40 / 8;
                p.confidence()[i] = .5f;
              }
              p.rotation()[1] = .03f;
              p.translation()[0] = .08f;
            });

    assertThat(verdict).isInstanceOf(Verdict.Plausible.class);
    ViewGeometry view = ((Verdict.Plausible) verdict).views().getFirst();
    assertThat(view.depth()[0]).isZero();
    assertThat(view.confidence()[0]).isZero();
    assertThat(view.confidence()[20]).as("raised to its floor").isEqualTo(1);
    assertThat(view.meanConfidence()).isEqualTo(1);
  }

  private static void assertImplausible(String why, Consumer<Prediction> harm) {
    assertThat(judgeWith(harm))
        .isInstanceOfSatisfying(
            Verdict.Implausible.class, v -> assertThat(v.detail()).contains(why));
  }

  private static Verdict judgeWith(Consumer<Prediction> harm) {
    Prediction prediction = plausible();
    harm.accept(prediction);
    return PredictionCheck.judge(prediction, true);
  }

  /** Two views of a slanted plane, a tenth of a unit apart. */
  private static Prediction plausible() {
    float[] depth = new float[2 * PIXELS];
    float[] confidence = new float[2 * PIXELS];
    for (int i = 0; i < depth.length; i++) {
      depth[i] = 1 + .01f * (i % PIXELS / 40) + .01f * (i / PIXELS);
      confidence[i] = 2;
    }
    return new Prediction(
        2,
        GRID,
        depth,
        confidence,
        new float[] {1, 0, 0, 0, 1, 0, 0, 0},
        new float[] {0, 0, 0, .1f, 0, 0},
        new float[] {.8f, 1.1f, .8f, 1.1f},
        FocalConvention.BOTH_AXES);
  }
}
