package io.lite3r.fusion.refine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.geometry.DepthField;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;

/** Corners of a flat depth map of 2 that ought to be something else. */
class DepthFitTest {
  private static final int WIDTH = 160;
  private static final int HEIGHT = 120;
  private static final double SURE = 2000;

  private static final DoubleBinaryOperator TILTED = (x, y) -> 1.2 + 0.2 * x - 0.1 * y;

  private final Random random = new Random(3);

  @Test
  void manyCornersFindATilt() {
    DepthFit fit = fit(300, TILTED);
    assertThat(worst(fit.field(), TILTED)).isLessThan(0.03);
  }

  @Test
  void aThirdOfFalseCornersDoesNoHarm() {
    DepthFit fit = fit(300, TILTED);
    for (int i = 0; i < 150; i++) {
      fit.add(x(), y(), 2, 2 * Math.exp(random.nextGaussian()), SURE);
    }
    assertThat(worst(fit.field(), TILTED)).isLessThan(0.05);
  }

  @Test
  void whatFewCornersInOnePlaceSayHoldsEverywhere() {
    DepthFit fit = new DepthFit(WIDTH, HEIGHT);
    for (int i = 0; i < 20; i++) {
      fit.add(20 + random.nextInt(15), 20 + random.nextInt(15), 2, 2.6, SURE);
    }
    assertThat(worst(fit.field(), (x, y) -> 1.3)).isLessThan(0.01);
  }

  @Test
  void tooFewCornersAndUncertainOnesLeaveDepthAsItIs() {
    DepthFit fit = fit(5, TILTED);
    for (int i = 0; i < 100; i++) {
      fit.add(x(), y(), 2, 3, 10);
      fit.add(x(), y(), 0, 3, SURE);
    }
    assertThat(fit.field().gain()).isEqualTo(Collections.nCopies(20, 1.0));
  }

  private DepthFit fit(int corners, DoubleBinaryOperator truth) {
    DepthFit fit = new DepthFit(WIDTH, HEIGHT);
    for (int i = 0; i < corners; i++) {
      double x = x();
      double y = y();
      double depth = 2 * truth.applyAsDouble(x / WIDTH, y / HEIGHT);
      fit.add(x, y, 2, depth * (1 + 0.02 * random.nextGaussian()), SURE);
    }
    return fit;
  }

  private double x() {
    return WIDTH * random.nextDouble();
  }

  private double y() {
    return HEIGHT * random.nextDouble();
  }

  /** Largest relative error of the corrected map. */
  private static double worst(DepthField field, DoubleBinaryOperator truth) {
    float[] flat = new float[WIDTH * HEIGHT];
    Arrays.fill(flat, 2);
    float[] corrected = field.corrected(flat, WIDTH);
    double worst = 0;
    for (int i = 0; i < flat.length; i++) {
      double x = (i % WIDTH + 0.5) / WIDTH;
      double y = (Math.floorDiv(i, WIDTH) + 0.5) / HEIGHT;
      worst = Math.max(worst, Math.abs(corrected[i] / (2 * truth.applyAsDouble(x, y)) - 1));
    }
    assertThat(corrected[0]).isNotNaN().isNotCloseTo(0, within(0.1f));
    return worst;
  }
}
