package io.lite3r.fusion.loop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the fused windows of a scene look like, and which of them a new one may have come back to.
 */
public final class PlaceIndex {
  /** Windows this near to a better candidate are the same candidate. */
  private static final int SAME_PLACE = 2;

  private record Window(long number, List<ViewLooks> views) {}

  private final List<Window> windows = new ArrayList<>();

  /**
   * An earlier window that looks like the new one.
   *
   * @param pair by which views
   * @param between the window between the two that looks least like the later one
   */
  public record Candidate(Pair pair, Pair between) {
    public long number() {
      return pair.number();
    }
  }

  /**
   * The views of an earlier window and of the new one that look most alike.
   *
   * @param number of the earlier window
   * @param earlierView index in the earlier window
   * @param laterView index in the new one
   * @param alike how much, see {@link ViewLooks#alike}
   */
  public record Pair(long number, int earlierView, int laterView, double alike) {}

  /** Adds a window, whose number is larger than those before. */
  public void add(long number, List<ViewLooks> views) {
    windows.add(new Window(number, List.copyOf(views)));
  }

  /**
   * The candidates for a window that is not in the index yet, best first. Between it and a
   * candidate lies one that looks clearly less alike.
   */
  public List<Candidate> candidates(long number, List<ViewLooks> views, LoopRules rules) {
    List<Candidate> returned = new ArrayList<>();
    Pair least = null;
    for (Window window : windows.reversed()) {
      Pair pair = best(window, views);
      if (least != null
          && number - pair.number() > rules.leastApart()
          && least.alike() < (1 - rules.dip()) * pair.alike()) {
        returned.add(new Candidate(pair, least));
      }
      least = least == null || pair.alike() < least.alike() ? pair : least;
    }
    returned.sort(
        Comparator.comparing((Candidate c) -> c.pair().alike())
            .reversed()
            .thenComparing(Candidate::number));
    List<Candidate> apart = new ArrayList<>();
    for (Candidate candidate : returned) {
      if (apart.size() < rules.looks()
          && apart.stream().allMatch(o -> Math.abs(o.number() - candidate.number()) > SAME_PLACE)) {
        apart.add(candidate);
      }
    }
    return apart;
  }

  private static Pair best(Window window, List<ViewLooks> views) {
    Pair best = new Pair(window.number(), 0, 0, -1);
    for (int e = 0; e < window.views().size(); e++) {
      for (int l = 0; l < views.size(); l++) {
        double alike = window.views().get(e).alike(views.get(l));
        if (alike > best.alike()) {
          best = new Pair(window.number(), e, l, alike);
        }
      }
    }
    return best;
  }
}
