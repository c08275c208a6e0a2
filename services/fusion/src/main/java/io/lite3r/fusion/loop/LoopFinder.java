package io.lite3r.fusion.loop;

import io.lite3r.fusion.submap.SubmapView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks at candidates corner by corner, and chooses the views that a reconstruction must decide on.
 */
public final class LoopFinder {
  /**
   * When a window between has this share of the corners, too, the place was never left: the two are
   * tied by what lies between better than a loop would do it.
   */
  private static final double LEFT = 0.5;

  private LoopFinder() {}

  /**
   * Two windows that seem to show the same place.
   *
   * @param earlierViews views of the earlier window, the one that was found again first
   * @param laterViews views of the later window, likewise
   */
  public record Found(long earlier, List<Integer> earlierViews, List<Integer> laterViews) {}

  /**
   * The candidate with the most corners found again; null when none has enough, or the place was in
   * sight all the time.
   *
   * @param later the views of the window that may have come back
   * @param views reads an earlier window's
   */
  public static @Nullable Found find(
      List<PlaceIndex.Candidate> candidates,
      List<SubmapView> later,
      LongFunction<List<SubmapView>> views,
      LoopRules rules) {
    Found best = null;
    int most = rules.leastMatches() - 1;
    for (PlaceIndex.Candidate candidate : candidates) {
      PlaceIndex.Pair pair = candidate.pair();
      List<SubmapView> earlier = views.apply(pair.number());
      int matches = matches(pair, earlier, later);
      if (matches > most
          && matches(candidate.between(), views.apply(candidate.between().number()), later)
              < LEFT * matches) {
        most = matches;
        best =
            new Found(
                pair.number(),
                around(pair.earlierView(), earlier.size(), rules.views()),
                around(pair.laterView(), later.size(), rules.views()));
      }
    }
    return best;
  }

  private static int matches(
      PlaceIndex.Pair pair, List<SubmapView> earlier, List<SubmapView> later) {
    return matches(earlier.get(pair.earlierView()), later.get(pair.laterView()));
  }

  /** How many corners of the one view are found again in the other. */
  public static int matches(SubmapView one, SubmapView other) {
    return CornerMatches.of(CornerPatches.of(one), CornerPatches.of(other), one.width()).size();
  }

  /** A view and its nearest neighbours in the window: itself, then in the window's order. */
  private static List<Integer> around(int view, int count, int wanted) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(i);
    }
    all.sort(Comparator.comparingInt((Integer i) -> Math.abs(i - view)));
    return List.copyOf(all.subList(0, Math.min(wanted, count)));
  }
}
