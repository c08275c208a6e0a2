package io.lite3r.windowing;

import java.time.Duration;

/**
 * How long a live camera may be quiet, by the clock. Not part of the rules: what follows from it is
 * a record, and a replay sees that.
 *
 * @param silentAfter then its rig does not wait for it
 * @param endedAfter then it has ended
 */
public record Patience(Duration silentAfter, Duration endedAfter) {
  private static final long SHORTEST_LOOK_MS = 50;
  private static final long LONGEST_LOOK_MS = 1000;

  public Patience {
    if (!silentAfter.isPositive() || endedAfter.compareTo(silentAfter) <= 0) {
      throw new IllegalArgumentException(
          "a camera is silent after some time and ended after more; got silent-after = %s, ended-after = %s"
              .formatted(silentAfter, endedAfter));
    }
  }

  /** How often the clock is looked at. */
  public Duration look() {
    return Duration.ofMillis(
        Math.clamp(silentAfter.toMillis() / 4, SHORTEST_LOOK_MS, LONGEST_LOOK_MS));
  }
}
