package io.lite3r.standalone;

import java.io.PrintStream;
import java.time.Duration;

/**
 * One line that tells how far a run has come. On a terminal it is rewritten in place; elsewhere a
 * new line is printed when something changed, at most every few seconds, so that logs stay
 * readable.
 */
final class Progress {
  private static final long LOG_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final PrintStream out;
  private final boolean terminal;
  private String last = "";
  private long lastPrinted = System.nanoTime() - LOG_INTERVAL_NANOS;

  Progress(PrintStream out) {
    this.out = out;
    this.terminal = System.console() != null && System.console().isTerminal();
  }

  void show(String line) {
    if (line.equals(last)) {
      return;
    }
    if (terminal) {
      out.print("\r\033[K" + line);
      out.flush();
      last = line;
    } else if (System.nanoTime() - lastPrinted >= LOG_INTERVAL_NANOS) {
      out.println(line);
      lastPrinted = System.nanoTime();
      last = line;
    }
  }

  /** Ends the line so that other text can follow. */
  void done(String line) {
    out.println((terminal ? "\r\033[K" : "") + line);
    last = "";
  }
}
