package io.lite3r.fusion.graph;

import io.lite3r.geometry.Sim3;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A better start for the search after a long way: logarithms of scale obey linear equations by
 * themselves, so they are solved exactly first, and the chain is laid out again with them.
 * Otherwise a scale that has drifted by a factor of ten leaves the search in a wrong valley.
 */
final class ScaleFirst {
  private ScaleFirst() {}

  static List<Sim3> of(List<Sim3> places, List<Tie> links, List<Tie> loops) {
    double[] logScale = logScales(places, links, loops);
    @Nullable Tie[] towards = new Tie[places.size()];
    for (Tie link : links) {
      int later = Math.max(link.a(), link.b());
      if (towards[later] == null) {
        towards[later] = link;
      }
    }
    List<Sim3> laid = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      Tie link = towards[i];
      if (link == null) {
        laid.add(places.get(i));
      } else {
        Sim3 step = link.b() == i ? link.aFromB() : link.aFromB().inverse();
        Sim3 next = laid.get(Math.min(link.a(), link.b())).times(step);
        laid.add(new Sim3(Math.exp(logScale[i]), next.rotation(), next.translation()));
      }
    }
    return laid;
  }

  private static double[] logScales(List<Sim3> places, List<Tie> links, List<Tie> loops) {
    int n = places.size();
    List<Tie> all = new ArrayList<>(links);
    all.addAll(loops);
    boolean[] tied = new boolean[n];
    for (Tie tie : all) {
      tied[Math.max(tie.a(), tie.b())] |= !tie.loop();
    }
    double[] plus = {1};
    double[] minus = {-1};
    BlockCholesky system =
        new BlockCholesky(
            1,
            Elimination.of(
                n,
                all.stream().mapToInt(Tie::a).toArray(),
                all.stream().mapToInt(Tie::b).toArray()));
    for (Tie tie : all) {
      double weight = 1 / (tie.spread().logScale() * tie.spread().logScale());
      double[] r = {
        Math.log(places.get(tie.b()).scale())
            - Math.log(places.get(tie.a()).scale())
            - Math.log(tie.aFromB().scale())
      };
      system.addProduct(tie.a(), tie.a(), plus, plus, 1, weight);
      system.addProduct(tie.b(), tie.b(), plus, plus, 1, weight);
      system.addProduct(tie.a(), tie.b(), plus, minus, 1, weight);
      system.addRight(tie.a(), minus, r, -weight);
      system.addRight(tie.b(), plus, r, -weight);
    }
    for (int i = 0; i < n; i++) {
      if (!tied[i]) { // the first of a chain keeps its scale
        system.addProduct(i, i, plus, plus, 1, 1e12);
      }
    }
    double[] step = system.solve(0);
    double[] logScale = new double[n];
    for (int i = 0; i < n; i++) {
      logScale[i] = Math.log(places.get(i).scale()) + (step == null ? 0 : step[i]);
    }
    return logScale;
  }
}
