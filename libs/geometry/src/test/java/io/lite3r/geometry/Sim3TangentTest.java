package io.lite3r.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Sim3TangentTest {
  private static final double[] ANGLES = {0, 1e-8, 1e-3, 0.3, 1, 2.5, Math.PI - 1e-6};
  private static final double[] LOG_SCALES = {0, 1e-9, -1e-4, 0.2, -0.9, 1.1, 3, -3};

  private static List<Sim3Tangent> tangents() {
    Random random = new Random(3);
    List<Sim3Tangent> all = new ArrayList<>();
    for (double angle : ANGLES) {
      for (double lambda : LOG_SCALES) {
        for (int i = 0; i < 5; i++) {
          Vector3 axis = gauss(random);
          all.add(new Sim3Tangent(gauss(random).times(2), axis.times(angle / axis.norm()), lambda));
        }
      }
    }
    return all;
  }

  private static Vector3 gauss(Random random) {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
  }

  @Test
  void expUndoesLogAndLogUndoesExpUpToHalfATurnAndTwentyfoldScale() {
    for (Sim3Tangent tangent : tangents()) {
      Sim3 similarity = tangent.exp();
      close(Sim3Tangent.log(similarity).toArray(), tangent.toArray(), 1e-8);
      close(Sim3Tangent.log(similarity).exp(), similarity, 1e-9);
      close(similarity.times(similarity.inverse()), Sim3.IDENTITY, 1e-9);
    }
  }

  /** exp of x is exp of x / 2^k squared k times: no formula in common with the closed one. */
  @Test
  void expIsWhatManySmallStepsLeadTo() {
    for (Sim3Tangent tangent : tangents()) {
      Sim3Tangent small = tangent.times(Math.scalb(1.0, -30));
      Sim3 product =
          new Sim3(
              Math.exp(small.lambda()),
              Rotation.exp(small.phi()),
              small
                  .rho()
                  .plus(small.phi().cross(small.rho()).times(0.5))
                  .plus(small.rho().times(small.lambda() / 2)));
      for (int i = 0; i < 30; i++) {
        product = product.times(product);
      }
      close(product, tangent.exp(), 2e-6);
    }
  }

  @Test
  void seriesAndQuotientsMeetWithoutAStep() {
    for (double share = 0; share <= 1; share += 0.125) {
      Vector3 phi = new Vector3(0.6, 0, 0.8).times(Math.sqrt(1 - share * share));
      Sim3Tangent below = new Sim3Tangent(new Vector3(1, -2, 3), phi, share).times(1 - 1e-12);
      Sim3Tangent above = new Sim3Tangent(new Vector3(1, -2, 3), phi, share).times(1 + 1e-12);
      close(below.exp(), above.exp(), 1e-10);
    }
  }

  @Test
  void theAdjointCarriesAStepToTheOtherSide() {
    Random random = new Random(5);
    for (Sim3Tangent at : tangents()) {
      Sim3 t = at.exp();
      Sim3Tangent step = new Sim3Tangent(gauss(random), gauss(random).times(0.1), 0.05).times(0.1);
      Sim3Tangent carried = Sim3Tangent.of(times(Sim3Jacobians.adjoint(t), step.toArray()));
      close(carried.exp().times(t), t.times(step.exp()), 1e-9);
    }
  }

  @Test
  void jacobiansOfTheLogarithmAreItsDerivatives() {
    for (Sim3Tangent at : tangents()) {
      if (at.phi().norm() > 3) {
        continue; // a step may cross the half turn, where the logarithm jumps
      }
      double[] left = Sim3Jacobians.logOfLeftStep(at);
      double[] right = Sim3Jacobians.logOfRightStep(at);
      double h = 1e-5;
      for (int k = 0; k < Sim3Tangent.SIZE; k++) {
        double[] step = new double[Sim3Tangent.SIZE];
        step[k] = h;
        Sim3 forward = Sim3Tangent.of(step).exp();
        Sim3 back = forward.inverse();
        double[] onLeft = difference(forward.times(at.exp()), back.times(at.exp()), h);
        double[] onRight = difference(at.exp().times(forward), at.exp().times(back), h);
        for (int i = 0; i < Sim3Tangent.SIZE; i++) {
          assertThat(left[7 * i + k])
              .isCloseTo(onLeft[i], within(1e-6 * (1 + Math.abs(onLeft[i]))));
          assertThat(right[7 * i + k])
              .isCloseTo(onRight[i], within(1e-6 * (1 + Math.abs(onRight[i]))));
        }
      }
    }
  }

  private static double[] difference(Sim3 after, Sim3 before, double h) {
    double[] a = Sim3Tangent.log(after).toArray();
    double[] b = Sim3Tangent.log(before).toArray();
    for (int i = 0; i < a.length; i++) {
      a[i] = (a[i] - b[i]) / (2 * h);
    }
    return a;
  }

  private static double[] times(double[] matrix, double[] vector) {
    double[] result = new double[vector.length];
    for (int i = 0; i < vector.length; i++) {
      for (int j = 0; j < vector.length; j++) {
        result[i] += matrix[vector.length * i + j] * vector[j];
      }
    }
    return result;
  }

  private static void close(double[] actual, double[] expected, double relative) {
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(relative * (1 + Math.abs(expected[i]))));
    }
  }

  private static void close(Sim3 actual, Sim3 expected, double relative) {
    assertThat(actual.scale() / expected.scale()).isCloseTo(1, within(relative));
    assertThat(actual.rotation().inverse().times(expected.rotation()).angle())
        .isLessThan(Math.max(relative, 1e-7));
    assertThat(actual.translation().minus(expected.translation()).norm())
        .isLessThan(relative * (1 + expected.translation().norm()));
  }
}
