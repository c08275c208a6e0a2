package io.lite3r.fusion.graph;

import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Windows around a block: true places on a circle, links that are a little wrong and whose scale
 * drifts one way, as a monocular model's does. Each submap has a unit of its own.
 */
final class Circuit {
  private static final double RADIUS = 20;

  final List<Sim3> truth = new ArrayList<>();
  final List<Sim3> drifted = new ArrayList<>();
  final List<Tie> links = new ArrayList<>();
  private final Random random;
  private final double unit;

  /**
   * @param driftPerLink relative, of scale
   * @param unit length of one metre
   */
  Circuit(int windows, double driftPerLink, double unit, long seed) {
    this.unit = unit;
    random = new Random(seed);
    for (int i = 0; i < windows; i++) {
      double angle = 2 * Math.PI * i / windows;
      Vector3 centre =
          new Vector3(
              RADIUS * Math.sin(angle), 0.5 * Math.sin(3 * angle), RADIUS * (1 - Math.cos(angle)));
      Rotation heading =
          Rotation.exp(new Vector3(0, -angle, 0))
              .times(Rotation.exp(new Vector3(0.1 * Math.sin(5 * angle), 0, 0)));
      double scale = i == 0 ? 1 : Math.exp(0.3 * random.nextGaussian());
      truth.add(new Sim3(scale, heading, centre.times(unit)));
    }
    drifted.add(truth.getFirst());
    for (int i = 1; i < windows; i++) {
      Sim3 measured = disturbed(between(i - 1, i), 1 + driftPerLink, 0.1, 0.002);
      links.add(new Tie(i - 1, i, measured, spread(i - 1, driftPerLink), false));
      drifted.add(drifted.getLast().times(measured));
    }
  }

  private Spread spread(int a, double drift) {
    return new Spread(
        0.01 * unit / truth.get(a).scale(), Math.toRadians(0.2), Math.max(0.005, Math.abs(drift)));
  }

  Sim3 between(int a, int b) {
    return truth.get(a).inverse().times(truth.get(b));
  }

  private Sim3 disturbed(Sim3 step, double scale, double degrees, double share) {
    return new Sim3(
        scale * step.scale(),
        step.rotation().times(Rotation.exp(gauss().times(Math.toRadians(degrees)))),
        step.translation().plus(gauss().times(share * step.translation().norm())));
  }

  Tie trueLoop(int a, int b) {
    Sim3 seen = between(a, b);
    return loop(a, b, new Sim3(seen.scale(), seen.rotation(), seen.translation()));
  }

  /**
   * Two places that look alike: says of {@code b} that it lies where a neighbour of {@code a} does.
   */
  Tie falseLoop(int a, int b) {
    Sim3 alike =
        new Sim3(
            Math.exp(0.1 * random.nextGaussian()) * truth.get(b).scale() / truth.get(a).scale(),
            Rotation.exp(gauss().times(0.05)),
            gauss().times(0.3 * unit / truth.get(a).scale()));
    return loop(a, b, alike);
  }

  Tie loop(int a, int b, Sim3 aFromB) {
    return new Tie(
        a,
        b,
        aFromB,
        new Spread(0.02 * unit / truth.get(a).scale(), Math.toRadians(0.3), 0.005),
        true);
  }

  PoseGraph graph(List<Tie> loops) {
    List<Tie> ties = new ArrayList<>(links);
    ties.addAll(loops);
    return new PoseGraph(drifted, ties, List.of());
  }

  /** Distance of the last window from where it is, units. */
  double endPointError(List<Sim3> places) {
    return places.getLast().translation().minus(truth.getLast().translation()).norm();
  }

  /** Root mean square distance of all windows from where they are. */
  double pathError(List<Sim3> places) {
    double sum = 0;
    for (int i = 0; i < places.size(); i++) {
      Vector3 gap = places.get(i).translation().minus(truth.get(i).translation());
      sum += gap.dot(gap);
    }
    return Math.sqrt(sum / places.size());
  }

  private Vector3 gauss() {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
  }
}
