package io.lite3r.fusion.scene;

import io.lite3r.fusion.graph.Anchor;
import io.lite3r.fusion.graph.PoseGraph;
import io.lite3r.fusion.graph.Spread;
import io.lite3r.fusion.graph.Tie;
import io.lite3r.fusion.register.KnownPlaces;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.SubmapLink;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowLoops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The views of all fused windows as a pose graph. A view is tied to the next of its window by the
 * model's poses, and to itself in the window that its own is linked to: it is the same camera, only
 * the unit differs. Views whose place is known are anchored there. Views instead of windows, since
 * a model's poses bend within a window too, and positions straighten them.
 *
 * <p>The graph is solved in the metric frame and brought back so that the first view of the scene
 * stays where it is: the scene keeps its axes and unit, everything else moves to it.
 */
final class SceneGraph {
  /** What a model's step between two views is good for at best: share of the way, radians. */
  private static final double STEP_SHARE = 0.05;

  private static final double STEP_TURN = Math.toRadians(0.5);
  private static final double SAME_UNIT = 0.01;

  /** The same camera in two windows: as good as one. */
  private static final double SAME_SHARE = 0.01;

  private static final double SAME_TURN = Math.toRadians(0.1);

  /**
   * Ties are loosened by twos until half of the known places, and most of them, are met within this
   * many deviations: how far a model errs is not known before, how far GPS does is.
   */
  private static final double MET_BY_HALF = 1.5;

  private static final double MET_BY_MOST = 2.5;
  private static final double MOST = 0.9;

  private static final double LOOSEST = 64;

  /** Loops may be false, positions are not: what is this far from the path is no loop. */
  private static final double LOOSEST_LOOPS = 16;

  private static final double BELIEVED = 0.5;

  private final List<WindowEntry> windows;
  private final int[] firstNode;
  private final Map<Long, Integer> byNumber = new HashMap<>();
  private final List<WindowLoops.Closing> loops;
  private final @Nullable KnownPlaces known;
  private final Sim3 metricFromScene;

  private SceneGraph(
      List<WindowEntry> windows,
      List<WindowLoops.Closing> loops,
      @Nullable KnownPlaces known,
      Sim3 metricFromScene) {
    this.windows = windows;
    this.loops = loops;
    this.known = known;
    this.metricFromScene = metricFromScene;
    firstNode = new int[windows.size() + 1];
    for (int i = 0; i < windows.size(); i++) {
      firstNode[i + 1] = firstNode[i] + windows.get(i).frames().size();
      byNumber.put(windows.get(i).number(), i);
    }
  }

  /**
   * The windows that should move, as they should be; none when no place of a camera is known and no
   * loop was found.
   *
   * @param least shortest move of a window's camera, scene units
   */
  static List<WindowEntry> moves(List<WindowEntry> all, double least) {
    List<WindowEntry> fused = all.stream().filter(e -> e.sceneFromSubmap() != null).toList();
    List<WindowLoops.Closing> loops =
        all.stream().flatMap(e -> e.closedLoops().stream()).filter(c -> c.tie() != null).toList();
    KnownPlaces known = KnownPlaces.of(fused);
    Sim3 metricFromScene = known == null ? null : known.register(fused);
    if (metricFromScene != null) {
      return new SceneGraph(fused, loops, known, metricFromScene).solve(least);
    }
    return loops.isEmpty()
        ? List.of()
        : new SceneGraph(fused, loops, null, Sim3.IDENTITY).solve(least);
  }

  private List<WindowEntry> solve(double least) {
    List<Sim3> start = starts();
    List<Anchor> anchors = anchors();
    List<Sim3> found = anchors.isEmpty() ? closed(start) : anchored(start, anchors);
    Sim3 sceneFromMetric = place(windows.getFirst()).times(place(found, 0).inverse());
    List<WindowEntry> moves = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      WindowEntry now = moved(found, i, sceneFromMetric);
      if (distance(windows.get(i), now) > least) {
        moves.add(now);
      }
    }
    return moves;
  }

  private List<Sim3> anchored(List<Sim3> start, List<Anchor> anchors) {
    List<Sim3> found = start;
    for (double loose = 1; loose <= LOOSEST; loose *= 2) {
      found = new PoseGraph(start, ties(start, loose), anchors).solve().places();
      if (met(found, anchors)) {
        break;
      }
    }
    return found;
  }

  /**
   * Without anchors only loops say how far a model errs: what ties the views is loosened until half
   * of the loops are believed. Where that does not happen the ties stay as tight as they were.
   */
  private List<Sim3> closed(List<Sim3> start) {
    PoseGraph.Solution tight = new PoseGraph(start, ties(start, 1), List.of()).solve();
    PoseGraph.Solution found = tight;
    for (double loose = 2; loose <= LOOSEST_LOOPS && !believed(found); loose *= 2) {
      found = new PoseGraph(start, ties(start, loose), List.of()).solve();
    }
    return believed(found) ? found.places() : tight.places();
  }

  private static boolean believed(PoseGraph.Solution solution) {
    double[] weights = solution.loopWeights();
    return 2 * Arrays.stream(weights).filter(w -> w > BELIEVED).count() >= weights.length;
  }

  private static boolean met(List<Sim3> places, List<Anchor> anchors) {
    double[] missed = anchors.stream().mapToDouble(a -> a.deviations(places)).sorted().toArray();
    return missed[missed.length / 2] < MET_BY_HALF
        && missed[(int) (MOST * (missed.length - 1))] < MET_BY_MOST;
  }

  /** Chains that nothing has tied yet may lie anywhere: each starts where its own cameras were. */
  private List<Sim3> starts() {
    Map<Long, Sim3> byChain = new HashMap<>();
    List<Sim3> starts = new ArrayList<>();
    for (WindowEntry window : windows) {
      Sim3 start = byChain.get(window.chain());
      if (start == null) {
        Sim3 own =
            known == null
                ? null
                : known.register(
                    windows.stream().filter(w -> w.chain() == window.chain()).toList());
        start = own == null ? metricFromScene : own;
        byChain.put(window.chain(), start);
      }
      Sim3 metricFromSubmap = start.times(place(window));
      for (FrameEntry frame : window.frames()) {
        starts.add(
            metricFromSubmap.times(similarity(Objects.requireNonNull(frame.submapFromCamera()))));
      }
    }
    return starts;
  }

  private List<Tie> ties(List<Sim3> start, double loose) {
    List<Tie> ties = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      List<FrameEntry> frames = windows.get(i).frames();
      double step = place(start, i).scale() * step(frames);
      for (int v = 1; v < frames.size(); v++) {
        Rigid3 before = Objects.requireNonNull(frames.get(v - 1).measured());
        Rigid3 after = Objects.requireNonNull(frames.get(v).measured());
        ties.add(
            new Tie(
                firstNode[i] + v - 1,
                firstNode[i] + v,
                similarity(before.inverse().times(after)),
                new Spread(loose * STEP_SHARE * step, loose * STEP_TURN, SAME_UNIT),
                false,
                true));
      }
      link(i, step, loose, ties);
    }
    loops.forEach(loop -> close(loop, start, ties));
    return ties;
  }

  private void link(int window, double step, double loose, List<Tie> ties) {
    SubmapLink link = windows.get(window).link();
    Integer to = link == null ? null : byNumber.get(link.to());
    if (link == null || to == null) {
      return;
    }
    double scale = link.toFromSubmap().scale();
    Map<FrameKey, Integer> there = new HashMap<>();
    List<FrameEntry> earlier = windows.get(to).frames();
    for (int v = 0; v < earlier.size(); v++) {
      there.put(FrameKey.of(earlier.get(v)), firstNode[to] + v);
    }
    List<FrameEntry> frames = windows.get(window).frames();
    for (int v = 0; v < frames.size(); v++) {
      Integer same = there.get(FrameKey.of(frames.get(v)));
      if (same != null) {
        ties.add(
            new Tie(
                same,
                firstNode[window] + v,
                new Sim3(scale, Rotation.IDENTITY, Vector3.ZERO),
                new Spread(SAME_SHARE * step, SAME_TURN, link.logScale()),
                false,
                true));
      }
    }
  }

  /** The view that was found again, seen from where it was seen first. */
  private void close(WindowLoops.Closing loop, List<Sim3> start, List<Tie> ties) {
    SubmapLink tie = Objects.requireNonNull(loop.tie());
    Integer earlier = byNumber.get(loop.of().earlier());
    Integer later = byNumber.get(loop.of().later());
    if (earlier == null || later == null) {
      return; // taken out of the scene since
    }
    int first = loop.of().earlierViews().getFirst();
    int again = loop.of().laterViews().getFirst();
    Rigid3 there = Objects.requireNonNull(windows.get(earlier).frames().get(first).measured());
    Rigid3 here = Objects.requireNonNull(windows.get(later).frames().get(again).measured());
    ties.add(
        new Tie(
            firstNode[earlier] + first,
            firstNode[later] + again,
            similarity(there.inverse()).times(tie.toFromSubmap()).times(similarity(here)),
            new Spread(
                place(start, earlier).scale() * tie.translation(), tie.rotation(), tie.logScale()),
            true,
            true));
  }

  /** Usual way from one view of a window to the next, submap units; never zero. */
  private static double step(List<FrameEntry> frames) {
    double sum = 0;
    for (int v = 1; v < frames.size(); v++) {
      Vector3 before = Objects.requireNonNull(frames.get(v - 1).measured()).translation();
      Vector3 after = Objects.requireNonNull(frames.get(v).measured()).translation();
      sum += after.minus(before).norm();
    }
    return Math.max(1e-9, sum / Math.max(1, frames.size() - 1));
  }

  private List<Anchor> anchors() {
    List<Anchor> anchors = new ArrayList<>();
    if (known == null) {
      return anchors;
    }
    for (int i = 0; i < windows.size(); i++) {
      List<FrameEntry> frames = windows.get(i).frames();
      for (int v = 0; v < frames.size(); v++) {
        Vector3 target = known.place(frames.get(v));
        if (target != null) {
          anchors.add(new Anchor(firstNode[i] + v, Vector3.ZERO, target, known.sigma()));
        }
      }
    }
    return anchors;
  }

  /** Where the window's submap lies: its first view as found, its views' mean scale. */
  private Sim3 place(List<Sim3> found, int window) {
    double logScale = 0;
    int count = firstNode[window + 1] - firstNode[window];
    for (int v = 0; v < count; v++) {
      logScale += Math.log(found.get(firstNode[window] + v).scale()) / count;
    }
    Sim3 first = found.get(firstNode[window]);
    Rigid3 cameraFromSubmap =
        Objects.requireNonNull(windows.get(window).frames().getFirst().measured()).inverse();
    return new Sim3(Math.exp(logScale), first.rotation(), first.translation())
        .times(similarity(cameraFromSubmap));
  }

  private WindowEntry moved(List<Sim3> found, int window, Sim3 sceneFromMetric) {
    WindowEntry entry = windows.get(window);
    Sim3 metricFromSubmap = place(found, window);
    Sim3 submapFromMetric = metricFromSubmap.inverse();
    List<Rigid3> poses = new ArrayList<>();
    for (int v = 0; v < entry.frames().size(); v++) {
      Sim3 view = found.get(firstNode[window] + v);
      poses.add(
          v == 0
              ? Objects.requireNonNull(entry.frames().getFirst().measured())
              : submapFromMetric.carry(new Rigid3(view.rotation(), view.translation())));
    }
    return entry.at(window == 0 ? place(entry) : sceneFromMetric.times(metricFromSubmap), poses);
  }

  /** How far the farthest of its cameras, or of what lies one unit ahead of them, moves. */
  private static double distance(WindowEntry before, WindowEntry now) {
    double farthest = Math.abs(place(now).scale() / place(before).scale() - 1);
    for (int v = 0; v < before.frames().size(); v++) {
      Rigid3 was = Objects.requireNonNull(before.frames().get(v).sceneFromCamera());
      Rigid3 is = Objects.requireNonNull(now.frames().get(v).sceneFromCamera());
      for (Vector3 point : List.of(Vector3.ZERO, new Vector3(0, 0, 1))) {
        farthest = Math.max(farthest, is.apply(point).minus(was.apply(point)).norm());
      }
    }
    return farthest;
  }

  private static Sim3 place(WindowEntry window) {
    return Objects.requireNonNull(window.sceneFromSubmap());
  }

  private static Sim3 similarity(Rigid3 pose) {
    return new Sim3(1, pose.rotation(), pose.translation());
  }
}
