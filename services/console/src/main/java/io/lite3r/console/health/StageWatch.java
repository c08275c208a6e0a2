package io.lite3r.console.health;

import io.lite3r.console.health.StageHealth.State;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Turns readings of one stage into its health. Time comes in as an argument, Unix milliseconds.
 *
 * <p>Safe for use from several threads.
 */
public final class StageWatch {
  /** The rate is taken over this span: long enough for a window every few seconds. */
  static final long RATE_SPAN_MS = 10_000;

  /** A backlog worth more than this at the present rate is one that a person notices. */
  static final long BEHIND_MS = 15_000;

  /** No stage takes this long over one piece of work. */
  static final long STALLED_MS = 30_000;

  private final String stage;
  private final String unit;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private @Nullable Long lastProgressMs;
  private long waitingSinceMs;

  public StageWatch(String stage, String unit) {
    this.stage = stage;
    this.unit = unit;
  }

  private record Sample(long atMs, StageReading reading) {}

  /** A new reading; null when the stage's progress could not be read. */
  public synchronized void read(long nowMs, @Nullable StageReading reading) {
    if (reading == null) {
      samples.clear();
      return;
    }
    Sample last = samples.peekLast();
    if (last != null && reading.done() < last.reading().done()) {
      samples.clear(); // the topic was made anew; a negative rate would say nothing
    } else if (last != null && reading.done() > last.reading().done()) {
      lastProgressMs = nowMs;
    }
    if (last == null || lag(last.reading()) == 0) {
      waitingSinceMs = nowMs;
    }
    samples.addLast(new Sample(nowMs, reading));
    while (samples.size() > 2 && samples.getFirst().atMs() < nowMs - RATE_SPAN_MS) {
      samples.removeFirst();
    }
  }

  /** The stage's health by the last reading. */
  public synchronized StageHealth health(long nowMs, long rejected) {
    Sample last = samples.peekLast();
    if (last == null) {
      return new StageHealth(
          stage, unit, State.UNKNOWN, "no word from Kafka", null, 0, 0, rejected, lastProgressMs);
    }
    double perSecond = perSecond();
    long lag = lag(last.reading());
    long idleMs = nowMs - Math.max(lastProgressMs == null ? 0 : lastProgressMs, waitingSinceMs);
    State state;
    String says = "";
    if (lag > 0 && idleMs > STALLED_MS) {
      state = State.STALLED;
      says = "%d waiting and no progress for %d s".formatted(lag, idleMs / 1000);
    } else if (lag > 0 && perSecond > 0 && lag / perSecond * 1000 > BEHIND_MS) {
      state = State.BEHIND;
      says = "%d waiting, about %.0f s of work".formatted(lag, lag / perSecond);
    } else if (lag > 0 || perSecond > 0) {
      state = State.FLOWING;
    } else {
      state = State.IDLE;
    }
    return new StageHealth(
        stage,
        unit,
        state,
        says,
        last.reading().lag(),
        perSecond,
        last.reading().done(),
        rejected,
        lastProgressMs);
  }

  private double perSecond() {
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    long spanMs = last.atMs() - first.atMs();
    return spanMs == 0 ? 0 : (last.reading().done() - first.reading().done()) * 1000.0 / spanMs;
  }

  private static long lag(StageReading reading) {
    return reading.lag() == null ? 0 : reading.lag();
  }
}
