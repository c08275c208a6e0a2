package io.lite3r.console.scene;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From the acceptance of a version's newest photograph to the version's publication, milliseconds.
 *
 * @param lastMs of the newest version; null when no version has told
 * @param samplesMs of the last versions, oldest first
 */
public record Freshness(
    @Nullable Long lastMs, @Nullable Long p50Ms, @Nullable Long p95Ms, List<Long> samplesMs) {

  static final int KEPT = 120;

  public Freshness {
    samplesMs = List.copyOf(samplesMs);
  }

  static Freshness of(List<Long> samplesMs) {
    if (samplesMs.isEmpty()) {
      return new Freshness(null, null, null, samplesMs);
    }
    return new Freshness(
        samplesMs.getLast(), quantile(samplesMs, 0.5), quantile(samplesMs, 0.95), samplesMs);
  }

  /** Nearest rank: a value that really occurred. */
  private static long quantile(List<Long> samples, double q) {
    List<Long> sorted = samples.stream().sorted().toList();
    int rank = (int) Math.ceil(q * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }
}
