package io.lite3r.fusion.edge;

import io.lite3r.schemas.scene.WindowLoops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Outcomes of verification windows that have come and wait for the window they take effect with.
 */
final class Verifications {
  private final Map<String, List<Arrival>> waiting = new LinkedHashMap<>();

  /** Several of one window are repeats of each other and are handed out together. */
  void put(Arrival arrival) {
    waiting
        .computeIfAbsent(arrival.event().getReconstruction().getWindowId(), id -> new ArrayList<>())
        .add(arrival);
  }

  boolean have(List<WindowLoops.Proposal> proposals) {
    return proposals.stream().allMatch(p -> waiting.containsKey(p.verificationId()));
  }

  /** Those of one verification, at least one. */
  List<Arrival> take(WindowLoops.Proposal proposal) {
    List<Arrival> taken = waiting.remove(proposal.verificationId());
    if (taken == null) {
      throw new IllegalStateException(
          "verification %s has no outcome yet".formatted(proposal.verificationId()));
    }
    return taken;
  }

  /** Those that nobody waits for any more. */
  List<Arrival> drop(Predicate<Arrival> unwanted) {
    List<Arrival> dropped = new ArrayList<>();
    for (List<Arrival> arrivals : waiting.values()) {
      arrivals.stream().filter(unwanted).forEach(dropped::add);
      arrivals.removeIf(unwanted);
    }
    waiting.values().removeIf(List::isEmpty);
    return dropped;
  }
}
