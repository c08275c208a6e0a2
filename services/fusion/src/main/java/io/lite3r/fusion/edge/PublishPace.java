package io.lite3r.fusion.edge;

import java.time.Duration;

/**
 * When a scene may publish again. A version each interval at most; and after one that took long,
 * because the store is slow, a rest, so that windows are taken in between.
 *
 * @param interval from the begin of one publication to that of the next
 * @param rests how many times as long as a publication took nothing is published after it
 */
record PublishPace(Duration interval, int rests) {
  /** Publishing takes a third of the time at most. */
  static PublishPace served(Duration interval) {
    return new PublishPace(interval, 2);
  }

  /** The earliest time of the next publication, on the clock of the last one's begin and end. */
  long next(long beganNs, long endedNs) {
    return Math.max(beganNs + interval.toNanos(), endedNs + rests * (endedNs - beganNs));
  }
}
