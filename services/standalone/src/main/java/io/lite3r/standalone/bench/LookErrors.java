package io.lite3r.standalone.bench;

import io.lite3r.fusion.loop.LoopFinder;
import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.loop.ViewLooks;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How well places are found again by looks, against true poses: two views show the same place when
 * their cameras look within {@link #SAME_DEG} the same way from places nearer than a third of the
 * path's spread; they show different ones when they look more than {@link #OTHER_DEG} apart, or
 * from places farther apart than twice the spread. What lies between, and views that are near in
 * time, say nothing.
 */
final class LookErrors {
  private static final double SAME_DEG = 15;
  private static final double OTHER_DEG = 75;
  private static final int NEAR_IN_TIME = 15;
  private static final int NEAREST = 3;

  private record Seen(long sequence, Rigid3 truth, SubmapView view, ViewLooks looks) {}

  private final List<Seen> views = new ArrayList<>();
  private final LoopRules rules;
  private final double spread;

  LookErrors(WindowedCapture capture, LoopRules rules) {
    this.rules = rules;
    Map<Long, Seen> bySequence = new TreeMap<>();
    for (WindowOutcome window : capture.windows()) {
      if (window.result() instanceof WindowOutcome.Geometry geometry) {
        for (int i = 0; i < window.sources().size(); i++) {
          long sequence = window.sources().get(i).sequence();
          Rigid3 truth = capture.truth().get((int) sequence);
          SubmapView view = geometry.planes().get(i);
          if (truth != null) {
            bySequence.putIfAbsent(sequence, new Seen(sequence, truth, view, ViewLooks.of(view)));
          }
        }
      }
    }
    views.addAll(bySequence.values());
    Vector3 mean = Vector3.ZERO;
    for (Seen seen : views) {
      mean = mean.plus(seen.truth().translation().times(1.0 / views.size()));
    }
    double squares = 0;
    for (Seen seen : views) {
      squares += Math.pow(seen.truth().translation().minus(mean).norm(), 2) / views.size();
    }
    spread = Math.sqrt(squares);
  }

  static double turnDeg(@Nullable Rigid3 a, @Nullable Rigid3 b) {
    return a == null || b == null
        ? Double.NaN
        : Math.toDegrees(a.rotation().inverse().times(b.rotation()).angle());
  }

  Map<String, Object> measured() {
    int same = 0;
    int foundAgain = 0;
    int other = 0;
    int mistaken = 0;
    int asked = 0;
    int answered = 0;
    for (Seen later : views) {
      List<Seen> earlier =
          views.stream().filter(v -> later.sequence() - v.sequence() >= NEAR_IN_TIME).toList();
      boolean returned = false;
      for (Seen before : earlier) {
        boolean alike = same(before, later) || other(before, later);
        boolean found =
            alike && LoopFinder.matches(before.view(), later.view()) >= rules.leastMatches();
        returned |= same(before, later);
        same += same(before, later) ? 1 : 0;
        foundAgain += found && same(before, later) ? 1 : 0;
        other += other(before, later) ? 1 : 0;
        mistaken += found && other(before, later) ? 1 : 0;
      }
      asked += returned ? 1 : 0;
      answered += returned && amongNearest(later, earlier) ? 1 : 0;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("views_that_came_back", asked);
    json.put("found_among_nearest_three", answered);
    json.put("pairs_of_one_place", same);
    json.put("corners_found_again", foundAgain);
    json.put("pairs_of_two_places", other);
    json.put("mistaken_for_one", mistaken);
    return json;
  }

  private boolean amongNearest(Seen later, List<Seen> earlier) {
    return earlier.stream()
        .sorted(Comparator.comparingDouble((Seen v) -> -v.looks().alike(later.looks())))
        .limit(NEAREST)
        .anyMatch(v -> same(v, later));
  }

  private double apart(Seen a, Seen b) {
    return a.truth().translation().minus(b.truth().translation()).norm();
  }

  private boolean same(Seen a, Seen b) {
    return turnDeg(a.truth(), b.truth()) < SAME_DEG && apart(a, b) < spread / 3;
  }

  private boolean other(Seen a, Seen b) {
    return turnDeg(a.truth(), b.truth()) > OTHER_DEG || apart(a, b) > 2 * spread;
  }
}
