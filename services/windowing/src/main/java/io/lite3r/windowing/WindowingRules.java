package io.lite3r.windowing;

import java.time.Duration;

/**
 * The numbers that decide windows. Two runs with the same rules and the same records make the same
 * windows with the same ids.
 *
 * @param views S, views wanted in a window
 * @param sharedViews O, views a window shares with the one before
 * @param tolerance frames of different cameras this close in time form an instant
 * @param discovery when the sender does not name the rig's cameras: how much stream time to wait
 *     for cameras to show up before the first instant closes
 * @param interval an instant that begins sooner than this after the last one kept is redundant and
 *     left out; zero keeps all. What makes a live rig that is faster than its model stay fresh
 * @param maxWindowBytes most bytes the views of a window may have together
 */
public record WindowingRules(
    int views,
    int sharedViews,
    Duration tolerance,
    Duration discovery,
    Duration interval,
    long maxWindowBytes) {
  private static final int RULES = 2;

  public WindowingRules {
    if (sharedViews < 1 || views <= sharedViews) {
      throw new IllegalArgumentException(
          "a window needs more views than it shares, and shares at least one; got views = %d, shared-views = %d"
              .formatted(views, sharedViews));
    }
    if (tolerance.isNegative() || discovery.isNegative() || interval.isNegative()) {
      throw new IllegalArgumentException(
          "tolerance, discovery and interval are durations of zero or more; got %s, %s and %s"
              .formatted(tolerance, discovery, interval));
    }
    if (maxWindowBytes < 1) {
      throw new IllegalArgumentException(
          "a window must be allowed some bytes, got " + maxWindowBytes);
    }
  }

  /** Names rules and numbers; part of every window's id. */
  public String version() {
    return "%d;views=%d;shared=%d;tolerance=%dns;discovery=%dns;interval=%dns;bytes=%d"
        .formatted(
            RULES,
            views,
            sharedViews,
            tolerance.toNanos(),
            discovery.toNanos(),
            interval.toNanos(),
            maxWindowBytes);
  }

  /** Instants that two windows of a rig of so many cameras share: at least one, O views or more. */
  int sharedInstants(int cameras) {
    return Math.max(1, ceilDiv(sharedViews, cameras));
  }

  /**
   * Instants in a window of such a rig: enough for S views, and one more than are shared. A window
   * that shares nothing needs the S views alone.
   */
  int instants(int cameras) {
    return Math.max(ceilDiv(views, cameras), sharedInstants(cameras) + 1);
  }

  private static int ceilDiv(int a, int b) {
    return Math.ceilDiv(a, Math.max(1, b));
  }
}
