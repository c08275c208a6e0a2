package io.lite3r.console.health;

import org.jspecify.annotations.Nullable;

/**
 * How a stage is doing.
 *
 * @param unit what it counts: frames, windows or versions
 * @param says one clause for a person; empty when the state says it all
 * @param lag how many wait for it; null for a stage that nothing can wait for
 * @param total how many it has done
 * @param rejected how many frames ended here without entering a scene
 * @param lastSeenMs when it last got anything done, Unix milliseconds; null when never
 */
public record StageHealth(
    String stage,
    String unit,
    State state,
    String says,
    @Nullable Long lag,
    double perSecond,
    long total,
    long rejected,
    @Nullable Long lastSeenMs) {

  /** From nothing to do, over all is well, to somebody should look. */
  public enum State {
    /** Its progress cannot be read. */
    UNKNOWN,
    /** Nothing waits and nothing was done of late. */
    IDLE,
    /** Work is done as it comes. */
    FLOWING,
    /** Work is done, but what waits is worth many seconds. */
    BEHIND,
    /** Work waits and none was done for long. */
    STALLED
  }
}
