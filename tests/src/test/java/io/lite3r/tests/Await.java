package io.lite3r.tests;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a condition of the world outside and, when it does not come, says what was awaited. */
final class Await {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private Await() {}

  static void until(String what, Duration limit, Callable<Boolean> condition) {
    until(what, limit, condition, () -> "");
  }

  /** An exception of the condition counts as "not yet"; the last one goes into the message. */
  static void until(
      String what, Duration limit, Callable<Boolean> condition, Supplier<String> diagnosis) {
    long deadline = System.nanoTime() + limit.toNanos();
    Exception last = null;
    while (true) {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (Exception e) {
        last = e;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "waited %s in vain for %s%s".formatted(limit, what, suffix(diagnosis.get())), last);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  static String suffix(String diagnosis) {
    return diagnosis.isEmpty() ? "" : System.lineSeparator() + diagnosis;
  }
}
