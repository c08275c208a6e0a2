package io.lite3r.fusion.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.fusion.align.RobustFit;
import io.lite3r.fusion.align.SimilarityFit;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Sim3Tangent;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What any alignment of windows must pass, one after the other; each has its own tests too. */
class SixVectorsTest {
  private static final int N = 600;
  private final Random random = new Random(23);

  @Test
  void oneAKnownSimilarityIsRecoveredExactly() {
    Sim3 truth = similarity();
    double[] source = cloud();
    Sim3 found = SimilarityFit.of(source, moved(truth, source), ones(), N).targetFromSource();
    same(found, truth, 1e-9);
  }

  @Test
  void twoThirtyPercentOfOutliersTenTimesAsFarDoNotBendIt() {
    Sim3 truth = similarity();
    double[] source = cloud();
    double[] target = moved(truth, source);
    for (int i = 0; i < 0.9 * N; i++) { // 0.3 N points, three coordinates each
      target[i] += 10 * truth.scale() * random.nextGaussian();
    }
    same(RobustFit.of(source, target, ones(), N).targetFromSource(), truth, 1e-3);
  }

  @Test
  void threeInverseAndLogarithmUndo() {
    for (double angle : new double[] {0, 1e-8, 1, Math.PI - 1e-6}) {
      for (double lambda : new double[] {0, 1e-8, -0.5, 1, 3, -3}) {
        Vector3 axis = gauss();
        Sim3 s = new Sim3Tangent(gauss(), axis.times(angle / axis.norm()), lambda).exp();
        same(s.times(s.inverse()), Sim3.IDENTITY, 1e-9);
        same(Sim3Tangent.log(s).exp(), s, 1e-9);
      }
    }
  }

  @Test
  void fourOneLoopTakesNineTenthsOfTheDriftOfTwelveChunksAroundASquare() {
    Square square = new Square(1);
    List<Sim3> closed = square.solve(List.of(square.loop(1)));
    assertThat(square.endPointError(closed)).isLessThan(0.1 * square.endPointError(square.drifted));
  }

  @Test
  void fiveAFalseLoopChangesNothingWherePlainLeastSquaresBreaks() {
    Square square = new Square(1);
    double clean = square.pathError(square.solve(List.of(square.loop(1))));
    List<Tie> ties = List.of(square.loop(1), square.falseLoop(1));
    assertThat(square.pathError(square.solve(ties))).isCloseTo(clean, within(0.05 * clean));
    List<Tie> plain = new ArrayList<>(square.links);
    plain.addAll(ties);
    double[] even = new double[plain.size()];
    Arrays.fill(even, 1);
    boolean[] fixed = new boolean[12];
    fixed[0] = true;
    assertThat(
            square.pathError(
                new Levenberg(plain, List.of(), fixed).solve(square.drifted, even).places()))
        .isGreaterThan(3 * clean);
  }

  @Test
  void sixAThousandfoldWorldGivesTheSame() {
    Sim3 truth = similarity();
    double[] source = cloud();
    double[] target = moved(truth, source);
    for (int i = 0; i < target.length; i++) {
      target[i] += (i % 7 == 0 ? 3 : 0.01) * random.nextGaussian();
    }
    double[] larger = Arrays.stream(target).map(v -> 1000 * v).toArray();
    Sim3 one = RobustFit.of(source, target, ones(), N).targetFromSource();
    Sim3 thousand = RobustFit.of(source, larger, ones(), N).targetFromSource();
    assertThat(thousand.scale() / one.scale()).isCloseTo(1000, within(1e-6));
    Square small = new Square(1);
    Square large = new Square(1000);
    List<Sim3> a = small.solve(List.of(small.loop(1), small.falseLoop(1)));
    List<Sim3> b = large.solve(List.of(large.loop(1000), large.falseLoop(1000)));
    for (int i = 0; i < a.size(); i++) {
      assertThat(b.get(i).translation().times(1e-3).minus(a.get(i).translation()).norm())
          .isLessThan(1e-6);
    }
  }

  /** Twelve chunks around a square of side three, two percent of scale lost on every edge. */
  private static final class Square {
    final List<Sim3> truth = new ArrayList<>();
    final List<Sim3> drifted = new ArrayList<>();
    final List<Tie> links = new ArrayList<>();

    Square(double unit) {
      Vector3 at = Vector3.ZERO;
      for (int i = 0; i < 12; i++) {
        Rotation heading = Rotation.exp(new Vector3(0, 0, Math.PI / 2 * Math.floorDiv(i, 3)));
        truth.add(new Sim3(1, heading, at));
        at = at.plus(heading.apply(new Vector3(unit, 0, 0)));
      }
      drifted.add(truth.getFirst());
      for (int i = 1; i < 12; i++) {
        Sim3 step = truth.get(i - 1).inverse().times(truth.get(i));
        Sim3 measured = new Sim3(0.98 * step.scale(), step.rotation(), step.translation());
        links.add(new Tie(i - 1, i, measured, new Spread(0.01 * unit, 0.01, 0.02), false));
        drifted.add(drifted.getLast().times(measured));
      }
    }

    Tie loop(double unit) {
      Sim3 seen = truth.getFirst().inverse().times(truth.getLast());
      return new Tie(0, 11, seen, new Spread(0.001 * unit, 0.001, 0.001), true);
    }

    Tie falseLoop(double unit) {
      return new Tie(2, 8, Sim3.IDENTITY, new Spread(0.001 * unit, 0.001, 0.001), true);
    }

    List<Sim3> solve(List<Tie> loops) {
      List<Tie> ties = new ArrayList<>(links);
      ties.addAll(loops);
      return new PoseGraph(drifted, ties, List.of()).solve().places();
    }

    double endPointError(List<Sim3> places) {
      return places.getLast().translation().minus(truth.getLast().translation()).norm();
    }

    double pathError(List<Sim3> places) {
      double sum = 0;
      for (int i = 0; i < places.size(); i++) {
        sum += places.get(i).translation().minus(truth.get(i).translation()).norm();
      }
      return sum / places.size();
    }
  }

  private Vector3 gauss() {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
  }

  private Sim3 similarity() {
    return new Sim3(Math.exp(random.nextGaussian()), Rotation.exp(gauss()), gauss().times(3));
  }

  private double[] cloud() {
    double[] points = new double[3 * N];
    Arrays.setAll(points, i -> random.nextGaussian());
    return points;
  }

  private static double[] ones() {
    double[] weight = new double[N];
    Arrays.fill(weight, 1);
    return weight;
  }

  private static double[] moved(Sim3 similarity, double[] points) {
    double[] result = new double[points.length];
    for (int i = 0; i < points.length; i += 3) {
      Vector3 p = similarity.apply(new Vector3(points[i], points[i + 1], points[i + 2]));
      result[i] = p.x();
      result[i + 1] = p.y();
      result[i + 2] = p.z();
    }
    return result;
  }

  private static void same(Sim3 found, Sim3 truth, double relative) {
    assertThat(found.scale() / truth.scale()).isCloseTo(1, within(relative));
    assertThat(found.rotation().inverse().times(truth.rotation()).angle())
        .isLessThan(Math.max(relative, 1e-7));
    assertThat(found.translation().minus(truth.translation()).norm())
        .isLessThan(relative * (1 + truth.translation().norm() + truth.scale()));
  }
}
