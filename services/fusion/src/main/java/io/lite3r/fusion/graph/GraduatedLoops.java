package io.lite3r.fusion.graph;

import io.lite3r.geometry.Sim3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Loops under the loss of Geman and McClure, reached by graduated non-convexity (Yang, Antonante,
 * Tzoumas, Carlone, 2020): at first the loss is as good as quadratic, then its width shrinks until
 * a loop counts by {@code (c / (c + r^2))^2}, {@code c} being what a true loop stays below.
 */
final class GraduatedLoops {
  /** 99 % of chi-squared with seven degrees of freedom. */
  private static final double WITHIN = 18.5;

  private static final double NARROWING = 1.6;

  /** A loop of less weight than this counts as refused. */
  private static final double REFUSED = 0.05;

  private final List<Tie> ties;
  private final int links;
  private final Levenberg levenberg;

  GraduatedLoops(List<Tie> links, List<Tie> loops, List<Anchor> anchors, boolean[] fixed) {
    this.links = links.size();
    ties = new ArrayList<>(links);
    ties.addAll(loops);
    levenberg = new Levenberg(ties, anchors, fixed);
  }

  @SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
  record Result(List<Sim3> places, double[] weights, double cost, int iterations) {}

  Result solve(List<Sim3> start) {
    double[] weights = new double[ties.size()];
    Arrays.fill(weights, 1);
    Levenberg.Result found = levenberg.solve(start, weights);
    int steps = found.steps();
    double width = 2 * largestLoop(found.places()) / WITHIN;
    while (width > 1) {
      width = Math.max(1, width / NARROWING);
      reweigh(weights, found.places(), width);
      found = levenberg.solve(found.places(), weights);
      steps += found.steps();
    }
    boolean refused = false;
    for (int i = links; i < weights.length; i++) {
      if (weights[i] < REFUSED) {
        weights[i] = 0;
        refused = true;
      }
    }
    if (refused) {
      found = levenberg.solve(found.places(), weights);
      steps += found.steps();
    }
    return new Result(
        found.places(), Arrays.copyOfRange(weights, links, weights.length), found.cost(), steps);
  }

  private double largestLoop(List<Sim3> places) {
    double largest = 0;
    for (int i = links; i < ties.size(); i++) {
      largest = Math.max(largest, Levenberg.square(ties.get(i).residual(places)));
    }
    return largest;
  }

  private void reweigh(double[] weights, List<Sim3> places, double width) {
    for (int i = links; i < weights.length; i++) {
      double w = width * WITHIN / (width * WITHIN + Levenberg.square(ties.get(i).residual(places)));
      weights[i] = w * w;
    }
  }
}
