package io.lite3r.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TransformLawsTest {

  record Draw(Sim3 aFromB, Sim3 bFromC, Vector3 pointInC) {}

  static Stream<Draw> draws() {
    Random random = new Random(7);
    return Stream.generate(() -> new Draw(sim3(random), sim3(random), vector(random, 5)))
        .limit(100);
  }

  @ParameterizedTest
  @MethodSource("draws")
  void inverseUndoes(Draw draw) {
    close(draw.aFromB().inverse().apply(draw.aFromB().apply(draw.pointInC())), draw.pointInC());
    Rigid3 rigid = new Rigid3(draw.aFromB().rotation(), draw.aFromB().translation());
    close(rigid.inverse().apply(rigid.apply(draw.pointInC())), draw.pointInC());
  }

  @ParameterizedTest
  @MethodSource("draws")
  void productAppliesRightFirst(Draw draw) {
    close(
        draw.aFromB().times(draw.bFromC()).apply(draw.pointInC()),
        draw.aFromB().apply(draw.bFromC().apply(draw.pointInC())));
  }

  @ParameterizedTest
  @MethodSource("draws")
  void matrixAgreesWithQuaternion(Draw draw) {
    Rotation rotation = draw.aFromB().rotation();
    assertThat(Rotation.ofMatrix(rotation.matrix()).inverse().times(rotation).angle())
        .isCloseTo(0, within(1e-7));
    assertThat(Rotation.exp(rotation.log()).inverse().times(rotation).angle())
        .isCloseTo(0, within(1e-7));
  }

  @ParameterizedTest
  @MethodSource("draws")
  void aCarriedCameraSeesTheCarriedPoint(Draw draw) {
    Rigid3 bFromCamera = new Rigid3(draw.bFromC().rotation(), draw.bFromC().translation());
    Vector3 carried =
        draw.aFromB().carry(bFromCamera).apply(draw.pointInC().times(draw.aFromB().scale()));
    close(carried, draw.aFromB().apply(bFromCamera.apply(draw.pointInC())));
  }

  @Test
  void tinyTurnsKeepTheirLogarithm() {
    for (double angle : new double[] {0, 1e-12, 1e-8, 1e-4, 1, Math.PI - 1e-6}) {
      assertThat(Rotation.exp(new Vector3(0, angle, 0)).log().y()).isCloseTo(angle, within(1e-9));
    }
  }

  @Test
  void affineMapsCompose() {
    Affine2 originalFromView = Affine2.resize(640, 480, 4000, 3000);
    Affine2 viewFromDepth = Affine2.resize(256, 192, 640, 480);
    Affine2 originalFromDepth = originalFromView.times(viewFromDepth);
    assertThat(originalFromDepth.applyX(256, 192)).isEqualTo(4000);
    assertThat(originalFromDepth.inverse().applyY(4000, 3000)).isCloseTo(192, within(1e-9));
  }

  @Test
  void impossibleValuesAreRefusedByName() {
    assertThatThrownBy(() -> new Sim3(-1, Rotation.IDENTITY, Vector3.ZERO))
        .hasMessageContaining("scale");
    assertThatThrownBy(() -> new Rotation(0, 0, 0, 0)).hasMessageContaining("quaternion");
    assertThatThrownBy(() -> new Intrinsics(0, 1, 0, 0, 4, 3)).hasMessageContaining("focal");
  }

  private static void close(Vector3 actual, Vector3 expected) {
    assertThat(actual.minus(expected).norm()).isLessThan(1e-9);
  }

  private static Sim3 sim3(Random random) {
    return new Sim3(
        Math.exp(random.nextGaussian()),
        new Rotation(
            random.nextGaussian(),
            random.nextGaussian(),
            random.nextGaussian(),
            random.nextGaussian()),
        vector(random, 3));
  }

  private static Vector3 vector(Random random, double size) {
    return new Vector3(
        size * random.nextGaussian(), size * random.nextGaussian(), size * random.nextGaussian());
  }
}
