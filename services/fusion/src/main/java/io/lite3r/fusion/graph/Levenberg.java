package io.lite3r.fusion.graph;

import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Sim3Tangent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Levenberg and Marquardt on the manifold: steps in the tangent space at each place, {@code T
 * exp(d)} , damped by the diagonal, so that the unit of length does not matter.
 */
final class Levenberg {
  private static final int MOST_STEPS = 50;
  private static final double FIRST_DAMPING = 1e-6;
  private static final double LARGEST_DAMPING = 1e12;
  private static final double SETTLED = 1e-10;

  /** Standard deviations from which an anchor's pull grows no more (Huber). */
  private static final double ANCHOR_LIMIT = 2.5;

  private final List<Tie> ties;
  private final List<Anchor> anchors;
  private final boolean[] fixed;
  private final Elimination order;

  Levenberg(List<Tie> ties, List<Anchor> anchors, boolean[] fixed) {
    this.ties = ties;
    this.anchors = anchors;
    this.fixed = fixed;
    // Where a node is fixed a tie says something of the other end alone.
    List<Tie> between = ties.stream().filter(t -> !fixed[t.a()] && !fixed[t.b()]).toList();
    order =
        Elimination.of(
            fixed.length,
            between.stream().mapToInt(Tie::a).toArray(),
            between.stream().mapToInt(Tie::b).toArray());
  }

  record Result(List<Sim3> places, double cost, int steps) {}

  /**
   * @param weights of each tie
   */
  Result solve(List<Sim3> start, double[] weights) {
    List<Sim3> places = start;
    double cost = cost(places, weights);
    double damping = FIRST_DAMPING;
    int steps = 0;
    while (steps < MOST_STEPS) {
      BlockCholesky system = system(places, weights);
      boolean better = false;
      boolean settled = false;
      while (!better && damping < LARGEST_DAMPING) {
        double[] step = system.solve(damping);
        List<Sim3> moved = step == null ? places : moved(places, step);
        double reached = step == null ? Double.POSITIVE_INFINITY : cost(moved, weights);
        if (reached < cost) {
          settled = cost - reached <= SETTLED * cost;
          places = moved;
          cost = reached;
          damping = Math.max(1e-12, damping / 5);
          better = true;
        } else if (reached - cost <= SETTLED * cost) {
          settled = true; // at the bottom rounding alone decides; no shorter step would do better
          break;
        } else {
          damping *= 8;
        }
      }
      if (!better || settled) {
        break;
      }
      steps++;
    }
    return new Result(places, cost, steps);
  }

  private double cost(List<Sim3> places, double[] weights) {
    double sum = 0;
    for (int i = 0; i < ties.size(); i++) {
      if (weights[i] > 0) {
        sum += weights[i] * square(ties.get(i).residual(places)) / 2;
      }
    }
    for (Anchor anchor : anchors) {
      double r = Math.sqrt(square(anchor.residual(places)));
      sum += r <= ANCHOR_LIMIT ? r * r / 2 : ANCHOR_LIMIT * (r - ANCHOR_LIMIT / 2);
    }
    return sum;
  }

  private BlockCholesky system(List<Sim3> places, double[] weights) {
    int n = Sim3Tangent.SIZE;
    BlockCholesky system = new BlockCholesky(n, order);
    for (int i = 0; i < ties.size(); i++) {
      if (weights[i] > 0) {
        add(system, ties.get(i), places, weights[i]);
      }
    }
    for (Anchor anchor : anchors) {
      if (!fixed[anchor.node()]) {
        double[] r = anchor.residual(places);
        double[] j = anchor.jacobian(places);
        double weight = Math.min(1, ANCHOR_LIMIT / Math.max(1e-12, Math.sqrt(square(r))));
        system.addProduct(anchor.node(), anchor.node(), j, j, 3, weight);
        system.addRight(anchor.node(), j, r, -weight);
      }
    }
    double[] one = new double[n * n];
    for (int i = 0; i < n; i++) {
      one[n * i + i] = 1;
    }
    for (int node = 0; node < fixed.length; node++) {
      if (fixed[node]) {
        system.addProduct(node, node, one, one, n, 1);
      }
    }
    return system;
  }

  private void add(BlockCholesky system, Tie tie, List<Sim3> places, double weight) {
    int n = Sim3Tangent.SIZE;
    double[] r = tie.residual(places);
    double[][] j = tie.jacobians(places);
    int[] node = {tie.a(), tie.b()};
    for (int i = 0; i < 2; i++) {
      if (!fixed[node[i]]) {
        system.addProduct(node[i], node[i], j[i], j[i], n, weight);
        system.addRight(node[i], j[i], r, -weight);
      }
    }
    if (!fixed[node[0]] && !fixed[node[1]]) {
      system.addProduct(node[0], node[1], j[0], j[1], n, weight);
    }
  }

  private List<Sim3> moved(List<Sim3> places, double[] step) {
    List<Sim3> moved = new ArrayList<>(places.size());
    for (int i = 0; i < places.size(); i++) {
      if (fixed[i]) {
        moved.add(places.get(i));
      } else {
        int at = Sim3Tangent.SIZE * i;
        // A step of more than a few units of log scale is no step but an overflow.
        double[] seven = Arrays.copyOfRange(step, at, at + Sim3Tangent.SIZE);
        seven[6] = Math.clamp(seven[6], -5, 5);
        moved.add(places.get(i).times(Sim3Tangent.of(seven).exp()));
      }
    }
    return moved;
  }

  static double square(double[] r) {
    double sum = 0;
    for (double value : r) {
      sum += value * value;
    }
    return sum;
  }
}
