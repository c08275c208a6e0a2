package io.lite3r.fusion.graph;

import io.lite3r.geometry.Sim3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The whole of what is known of the places of submaps.
 *
 * @param places where each submap is thought to lie (scene from submap); the start of the search
 * @param ties between two submaps
 * @param anchors of single submaps
 */
public record PoseGraph(List<Sim3> places, List<Tie> ties, List<Anchor> anchors) {

  public PoseGraph {
    places = List.copyOf(places);
    ties = List.copyOf(ties);
    anchors = List.copyOf(anchors);
    for (Tie tie : ties) {
      if (tie.a() == tie.b() || Math.min(tie.a(), tie.b()) < 0 || last(tie) >= places.size()) {
        throw new IllegalArgumentException(
            "a tie joins two of %d nodes, got %d and %d"
                .formatted(places.size(), tie.a(), tie.b()));
      }
    }
  }

  /**
   * What was found.
   *
   * @param places of all submaps
   * @param loopWeights of each loop tie in the order of {@link #ties}: 1 believed, 0 refused
   * @param cost half the weighted sum of squared residuals
   * @param iterations steps that were taken
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
  public record Solution(List<Sim3> places, double[] loopWeights, double cost, int iterations) {}

  /**
   * The places that agree best. Loops are first checked one by one against the chain and against
   * each other ({@link LoopConsistency}); those that pass share a robust loss that is made stricter
   * step by step ({@link GraduatedLoops}), so that a false one ends without weight. Every call
   * decides anew: a loop that was believed is revoked when more is known.
   */
  public Solution solve() {
    List<Tie> links = ties.stream().filter(t -> !t.loop()).toList();
    List<Tie> loops = ties.stream().filter(Tie::loop).toList();
    boolean[] consistent = new LoopConsistency(places, links).check(loops);
    List<Tie> believed = new ArrayList<>();
    for (int i = 0; i < loops.size(); i++) {
      if (consistent[i]) {
        believed.add(loops.get(i));
      }
    }
    List<Sim3> start = believed.isEmpty() ? places : ScaleFirst.of(places, links, believed);
    GraduatedLoops.Result result =
        new GraduatedLoops(links, believed, anchors, fixed(links, believed)).solve(start);
    double[] weights = new double[loops.size()];
    for (int i = 0, next = 0; i < weights.length; i++) {
      weights[i] = consistent[i] ? result.weights()[next++] : 0;
    }
    return new Solution(result.places(), weights, result.cost(), result.iterations());
  }

  /**
   * The gauge: of every connected part without enough anchors to hold it, its first node stays
   * where it is.
   */
  private boolean[] fixed(List<Tie> links, List<Tie> loops) {
    int[] part = new int[places.size()];
    Arrays.setAll(part, i -> i);
    for (List<Tie> some : List.of(links, loops)) {
      for (Tie tie : some) {
        int a = root(part, tie.a());
        int b = root(part, tie.b());
        part[Math.max(a, b)] = Math.min(a, b);
      }
    }
    int[] held = new int[part.length];
    for (Anchor anchor : anchors) {
      held[root(part, anchor.node())]++;
    }
    boolean[] fixed = new boolean[part.length];
    for (int i = 0; i < part.length; i++) {
      fixed[i] = root(part, i) == i && held[i] < 3;
    }
    return fixed;
  }

  private static int root(int[] part, int node) {
    int at = node;
    while (part[at] != at) {
      at = part[at];
    }
    return at;
  }

  private static int last(Tie tie) {
    return Math.max(tie.a(), tie.b());
  }
}
