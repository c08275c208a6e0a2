package io.lite3r.fusion.loop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the fused windows of a scene look like, and which of them a new one may have come back to. */
public final class PlaceIndex {
  /** Windows this near to a better candidate are the same candidate. */
  private static final int SAME_PLACE = 2;

  private record Window(long number, List<ViewLooks> views) {}

  private final List<Window> windows = new ArrayList<>();

  /**
   * An earlier window that looks like the new one.
   *
   * @param number of the earlier window
   * @param earlierView index of its view that looks most like one of the new window's
   * @param laterView index of that one
   * @param alike how much, see {@link ViewLooks#alike}
   */
  public record Candidate(long number, int earlierView, int laterView, double alike) {}

  /** Adds a window, whose number is larger than those before. */
  public void add(long number, List<ViewLooks> views) {
    windows.add(new Window(number, List.copyOf(views)));
  }

  /**
   * The candidates for a window that is not in the index yet, best first. Between it and a
   * candidate lies one that looks clearly less alike: the place was left.
   */
  public List<Candidate> candidates(long number, List<ViewLooks> views, LoopRules rules) {
    List<Candidate> all = windows.stream().map(w -> best(w, views)).toList();
    List<Candidate> returned = new ArrayList<>();
    double leastSince = 1;
    for (Candidate candidate : all.reversed()) {
      if (number - candidate.number() > rules.leastApart()
          && leastSince < (1 - rules.dip()) * candidate.alike()) {
        returned.add(candidate);
      }
      leastSince = Math.min(leastSince, candidate.alike());
    }
    returned.sort(
        Comparator.comparing(Candidate::alike).reversed().thenComparing(Candidate::number));
    List<Candidate> apart = new ArrayList<>();
    for (Candidate candidate : returned) {
      if (apart.size() < rules.looks()
          && apart.stream().allMatch(o -> Math.abs(o.number() - candidate.number()) > SAME_PLACE)) {
        apart.add(candidate);
      }
    }
    return apart;
  }

  private static Candidate best(Window window, List<ViewLooks> views) {
    Candidate best = new Candidate(window.number(), 0, 0, -1);
    for (int e = 0; e < window.views().size(); e++) {
      for (int l = 0; l < views.size(); l++) {
        double alike = window.views().get(e).alike(views.get(l));
        if (alike > best.alike()) {
          best = new Candidate(window.number(), e, l, alike);
        }
      }
    }
    return best;
  }
}
