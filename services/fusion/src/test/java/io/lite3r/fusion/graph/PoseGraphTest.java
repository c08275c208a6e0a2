package io.lite3r.fusion.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Sim3Tangent;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PoseGraphTest {
  private final Random random = new Random(17);

  @Test
  void oneRevisitTakesNineTenthsOfTheEndPointErrorOfACircuitOfTwoHundredWindows() {
    for (double drift : new double[] {0.02, -0.02, 0.005}) {
      Circuit circuit = new Circuit(200, drift, 1, 3);
      PoseGraph.Solution found = circuit.graph(List.of(circuit.trueLoop(0, 199))).solve();
      assertThat(found.loopWeights()).containsExactly(new double[] {1}, within(0.5));
      assertThat(circuit.endPointError(found.places()))
          .isLessThan(0.1 * circuit.endPointError(circuit.drifted));
      assertThat(circuit.pathError(found.places()))
          .isLessThan(0.2 * circuit.pathError(circuit.drifted));
    }
  }

  @Test
  void tenFalseLoopsChangeTheResultByLessThanAFewPercent() {
    for (long seed = 1; seed <= 5; seed++) {
      Circuit circuit = new Circuit(200, 0.02, 1, seed);
      List<Tie> loops = new ArrayList<>();
      loops.add(circuit.trueLoop(0, 199));
      List<Sim3> clean = circuit.graph(loops).solve().places();
      Random where = new Random(seed);
      for (int i = 0; i < 10; i++) {
        int a = where.nextInt(150);
        loops.add(circuit.falseLoop(a, a + 20 + where.nextInt(180 - a)));
      }
      PoseGraph.Solution found = circuit.graph(loops).solve();
      assertThat(found.loopWeights()[0]).isGreaterThan(0.5);
      assertThat(circuit.endPointError(found.places()))
          .isCloseTo(circuit.endPointError(clean), within(0.05 * circuit.endPointError(clean)));
      assertThat(circuit.pathError(found.places()))
          .isCloseTo(circuit.pathError(clean), within(0.05 * circuit.pathError(clean)));
    }
  }

  @Test
  void aFalseLoopThatWasBelievedIsRevokedWhenTrueOnesContradictIt() {
    Circuit circuit = new Circuit(60, 0.01, 1, 4);
    Sim3 wrong =
        new Sim3(1, Rotation.exp(new Vector3(0, 0.07, 0)), new Vector3(0.5, 0, 0.7))
            .times(circuit.between(0, 50));
    Tie plausible = circuit.loop(0, 50, wrong);
    assertThat(circuit.graph(List.of(plausible)).solve().loopWeights()[0]).isGreaterThan(0.1);
    List<Tie> more = new ArrayList<>(List.of(plausible));
    for (int i = 1; i < 4; i++) {
      more.add(circuit.trueLoop(i, 50 + i));
    }
    PoseGraph.Solution found = circuit.graph(more).solve();
    assertThat(found.loopWeights()[0]).isZero();
    assertThat(found.loopWeights()[2]).isGreaterThan(0.5);
  }

  @Test
  void aThousandfoldWorldGivesTheSamePlacesThousandfold() {
    Circuit one = new Circuit(100, 0.02, 1, 9);
    Circuit thousand = new Circuit(100, 0.02, 1000, 9);
    List<Sim3> a = one.graph(List.of(one.trueLoop(0, 99), one.falseLoop(10, 70))).solve().places();
    List<Sim3> b =
        thousand
            .graph(List.of(thousand.trueLoop(0, 99), thousand.falseLoop(10, 70)))
            .solve()
            .places();
    for (int i = 0; i < a.size(); i++) {
      assertThat(b.get(i).translation().times(1e-3).minus(a.get(i).translation()).norm())
          .isLessThan(1e-4);
      assertThat(b.get(i).scale()).isCloseTo(a.get(i).scale(), within(1e-5));
    }
  }

  @Test
  void theFirstNodeStaysAndALonelyOneToo() {
    Circuit circuit = new Circuit(20, 0.02, 1, 2);
    List<Sim3> places = new ArrayList<>(circuit.drifted);
    Sim3 lonely = Sim3Tangent.of(new double[] {1, 2, 3, 0.1, 0.2, 0.3, 0.5}).exp();
    places.add(lonely);
    List<Tie> ties = new ArrayList<>(circuit.links);
    ties.add(circuit.trueLoop(0, 19));
    List<Sim3> found = new PoseGraph(places, ties, List.of()).solve().places();
    assertThat(found.getFirst()).isEqualTo(circuit.truth.getFirst());
    assertThat(found.getLast()).isEqualTo(lonely);
  }

  @Test
  void positionsHoldAGraphWithoutAFixedNode() {
    Circuit circuit = new Circuit(40, 0.02, 1, 6);
    Sim3 away = Sim3Tangent.of(new double[] {5, -3, 2, 0.5, 0.4, -0.3, 1}).exp();
    List<Anchor> anchors = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Vector3 error =
          i == 20 ? new Vector3(40, 0, 30) : new Vector3(gauss(), gauss(), gauss()).times(0.05);
      anchors.add(
          new Anchor(
              i,
              Vector3.ZERO,
              circuit.truth.get(i).translation().plus(error),
              new Vector3(0.1, 0.1, 0.1)));
    }
    List<Sim3> found =
        new PoseGraph(circuit.drifted.stream().map(away::times).toList(), circuit.links, anchors)
            .solve()
            .places();
    assertThat(circuit.pathError(found)).isLessThan(0.15);
    assertThat(found.get(20).translation().minus(circuit.truth.get(20).translation()).norm())
        .isLessThan(0.5);
  }

  @Test
  void jacobiansAreTheDerivativesOfResiduals() {
    Circuit circuit = new Circuit(3, 0.02, 1, 8);
    List<Sim3> places = new ArrayList<>(circuit.drifted);
    places.set(2, places.get(2).times(step(0, 0.7).times(step(4, 0.5))));
    Tie inSubmap = circuit.trueLoop(0, 2);
    for (Tie tie :
        List.of(inSubmap, new Tie(1, 2, inSubmap.aFromB(), inSubmap.spread(), true, true))) {
      isDerived(places, tie);
    }
  }

  private static void isDerived(List<Sim3> places, Tie tie) {
    Anchor anchor =
        new Anchor(2, new Vector3(1, -2, 3), new Vector3(0.5, 0, 0), new Vector3(1, 2, 0.5));
    double h = 1e-6;
    for (int k = 0; k < 7; k++) {
      for (int side = 0; side < 2; side++) {
        int node = side == 0 ? tie.a() : tie.b();
        double[] after = tie.residual(moved(places, node, step(k, h)));
        double[] before = tie.residual(moved(places, node, step(k, -h)));
        double[] jacobian = tie.jacobians(places)[side];
        for (int i = 0; i < 7; i++) {
          double slope = (after[i] - before[i]) / (2 * h);
          assertThat(jacobian[7 * i + k]).isCloseTo(slope, within(1e-4 * (1 + Math.abs(slope))));
        }
      }
      double[] after = anchor.residual(moved(places, 2, step(k, h)));
      double[] before = anchor.residual(moved(places, 2, step(k, -h)));
      for (int i = 0; i < 3; i++) {
        double slope = (after[i] - before[i]) / (2 * h);
        assertThat(anchor.jacobian(places)[7 * i + k])
            .isCloseTo(slope, within(1e-6 * (1 + Math.abs(slope))));
      }
    }
  }

  private static Sim3 step(int axis, double size) {
    double[] seven = new double[7];
    seven[axis] = size;
    return Sim3Tangent.of(seven).exp();
  }

  private static List<Sim3> moved(List<Sim3> places, int node, Sim3 step) {
    List<Sim3> moved = new ArrayList<>(places);
    moved.set(node, places.get(node).times(step));
    return moved;
  }

  private double gauss() {
    return random.nextGaussian();
  }
}
