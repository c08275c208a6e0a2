package io.lite3r.windowing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a capture's instants into windows: runs of W instants of which the next window repeats the
 * last few. The first is full with S views, be that fewer instants. The last window of a capture
 * reaches back so that it, too, has W instants if the capture has.
 *
 * <p>It keeps the last instants in {@code kept}; indices into it: {@code lastStart} where the last
 * closed window began, {@code covered} one past its last instant, {@code start} where the open
 * window begins (at most {@code covered}: it shares what lies between).
 */
final class WindowAssembler {
  final List<Instant> kept = new ArrayList<>();
  int lastStart;
  int covered;
  int start;

  /** A closed run of instants. */
  record Run(List<FrameRef> frames, int sharedWithPrevious, Decision.Close reason) {}

  /** Adds the next instant; the windows that this closes. */
  List<Run> add(Instant instant, WindowingRules rules, int cameras) {
    List<Run> closed = new ArrayList<>();
    boolean fits = sizeFrom(start) + instant.sizeBytes() <= rules.maxWindowBytes();
    if (!fits && kept.size() > covered) {
      closed.add(close(start, Decision.Close.BYTE_LIMIT, rules, cameras));
    }
    while (start < kept.size() && sizeFrom(start) + instant.sizeBytes() > rules.maxWindowBytes()) {
      start++;
    }
    kept.add(instant);
    if (isFull(rules, cameras)) {
      closed.add(close(start, Decision.Close.FULL, rules, cameras));
    }
    return closed;
  }

  /**
   * A window that shares nothing, as a capture's first, has its S views to itself. A large rig has
   * them in its first instant, and nothing there waits for a second one.
   */
  private boolean isFull(WindowingRules rules, int cameras) {
    return kept.size() - start >= rules.instants(cameras)
        || (start == covered && frames(start, kept.size()).size() >= rules.views());
  }

  /** The last window, or null when all instants have had theirs. */
  @Nullable Run finish(WindowingRules rules, int cameras) {
    if (kept.size() == covered) {
      return null;
    }
    int from = Math.min(start, Math.max(lastStart, kept.size() - rules.instants(cameras)));
    while (from < start && sizeFrom(from) > rules.maxWindowBytes()) {
      from++;
    }
    return close(from, Decision.Close.CAPTURE_ENDED, rules, cameras);
  }

  /** Takes out the instants that no later window can want. */
  List<Instant> release(WindowingRules rules, int cameras) {
    int drop = Math.min(start, kept.size() - rules.instants(cameras));
    if (drop <= 0) {
      return List.of();
    }
    List<Instant> head = kept.subList(0, drop);
    List<Instant> released = List.copyOf(head);
    head.clear();
    lastStart = Math.max(0, lastStart - drop);
    covered -= drop;
    start -= drop;
    return released;
  }

  List<Instant> releaseAll() {
    List<Instant> released = List.copyOf(kept);
    kept.clear();
    lastStart = 0;
    covered = 0;
    start = 0;
    return released;
  }

  private Run close(int from, Decision.Close reason, WindowingRules rules, int cameras) {
    Run run = new Run(frames(from, kept.size()), frames(from, covered).size(), reason);
    lastStart = from;
    covered = kept.size();
    start = Math.max(from, kept.size() - rules.sharedInstants(cameras));
    return run;
  }

  private List<FrameRef> frames(int from, int to) {
    return from >= to
        ? List.of()
        : kept.subList(from, to).stream().flatMap(instant -> instant.frames().stream()).toList();
  }

  private long sizeFrom(int from) {
    return kept.subList(from, kept.size()).stream().mapToLong(Instant::sizeBytes).sum();
  }
}
