package io.lite3r.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.graph.PoseGraph;
import io.lite3r.fusion.graph.Spread;
import io.lite3r.fusion.graph.Tie;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * How long the graph of a long scene takes to solve: the views of windows that go round a block
 * several times and lose scale on the way, with loops to the lap before, some of them false.
 */
public final class LoopGraphBench {
  private static final double RADIUS = 20;
  private static final int FALSE_EVERY = 20;

  private final Random random = new Random(1);
  private final int laps;
  private final int views;
  private final List<Sim3> truth = new ArrayList<>();
  private final List<Sim3> drifted = new ArrayList<>();
  private final List<Tie> ties = new ArrayList<>();

  private LoopGraphBench(int views, int laps) {
    this.laps = laps;
    this.views = views;
    double drift = Math.exp(Math.log(0.7) / views); // at the end a third of the scale is lost
    for (int i = 0; i < views; i++) {
      double angle = 2 * Math.PI * laps * i / views;
      truth.add(
          new Sim3(
              1,
              Rotation.exp(new Vector3(0, -angle, 0)),
              new Vector3(
                  RADIUS * Math.sin(angle),
                  0.5 * Math.sin(3 * angle),
                  RADIUS * (1 - Math.cos(angle)))));
      if (i == 0) {
        drifted.add(truth.getFirst());
        continue;
      }
      Sim3 step = between(i - 1, i);
      double way = step.translation().norm();
      Sim3 measured =
          new Sim3(
              drift,
              step.rotation().times(Rotation.exp(gauss(Math.toRadians(0.05)))),
              step.translation().plus(gauss(0.01 * way)));
      ties.add(
          new Tie(i - 1, i, measured, new Spread(0.05 * way, Math.toRadians(0.5), 0.01), false));
      drifted.add(drifted.getLast().times(measured));
    }
  }

  /** Prints one JSON line. */
  public static void run(int views, int laps, int loops, PrintStream out) throws IOException {
    LoopGraphBench bench = new LoopGraphBench(views, laps);
    for (int i = 0; i < loops; i++) {
      bench.close(i, loops);
    }
    PoseGraph graph = new PoseGraph(bench.drifted, bench.ties, List.of());
    long start = System.nanoTime();
    PoseGraph.Solution found = graph.solve();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("bench", "loop-graph");
    line.put("views", views);
    line.put("loops", loops);
    line.put("seconds", AlignmentBench.rounded((System.nanoTime() - start) / 1e9));
    line.put("steps", found.iterations());
    line.put("error_before", AlignmentBench.rounded(bench.error(bench.drifted)));
    line.put("error_after", AlignmentBench.rounded(bench.error(found.places())));
    int refusedFalse = 0;
    int believedTrue = 0;
    for (int i = 0; i < loops; i++) {
      boolean believed = found.loopWeights()[i] > 0.5;
      refusedFalse += isFalse(i) && !believed ? 1 : 0;
      believedTrue += !isFalse(i) && believed ? 1 : 0;
    }
    line.put("false_refused", refusedFalse);
    line.put("true_believed", believedTrue);
    out.println(new ObjectMapper().writeValueAsString(line));
  }

  private static boolean isFalse(int loop) {
    return loop % FALSE_EVERY == FALSE_EVERY / 2;
  }

  /** A view of a later lap sees where one of the lap before it stood, or believes so. */
  private void close(int loop, int loops) {
    int lap = views / laps;
    int later = lap + (int) ((long) (views - lap - 1) * loop / loops);
    int earlier = later - lap;
    Sim3 seen = between(earlier, later);
    int from = isFalse(loop) ? (earlier + lap / 3) % lap : earlier;
    ties.add(
        new Tie(
            from,
            later,
            new Sim3(
                seen.scale() * Math.exp(0.01 * random.nextGaussian()),
                seen.rotation().times(Rotation.exp(gauss(Math.toRadians(0.3)))),
                seen.translation().plus(gauss(0.02))),
            new Spread(0.03, Math.toRadians(0.5), 0.015),
            true));
  }

  private Sim3 between(int a, int b) {
    return truth.get(a).inverse().times(truth.get(b));
  }

  private double error(List<Sim3> places) {
    double sum = 0;
    for (int i = 0; i < places.size(); i++) {
      Vector3 gap = places.get(i).translation().minus(truth.get(i).translation());
      sum += gap.dot(gap);
    }
    return Math.sqrt(sum / places.size());
  }

  private Vector3 gauss(double sigma) {
    return new Vector3(
        sigma * random.nextGaussian(),
        sigma * random.nextGaussian(),
        sigma * random.nextGaussian());
  }
}
