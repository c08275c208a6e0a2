package io.lite3r.capture.edge;

import java.time.Instant;

/** The wall clock as records have it. */
final class Clocks {
  private Clocks() {}

  /** Unix nanoseconds. */
  static long nowNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }
}
