package io.lite3r.reconstruction.edge;

import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import jakarta.inject.Singleton;
import java.util.Locale;

/** What reconstruction counts and times. */
@Singleton
public class ReconstructionMetrics {
  private static final double NS_PER_S = 1e9;

  private final LongCounter windows;
  private final LongCounter repeats;
  private final LongCounter deadLetters;
  private final DoubleHistogram tensor;
  private final DoubleHistogram inference;
  private final DoubleHistogram window;

  public ReconstructionMetrics(Meter meter) {
    windows = meter.counterBuilder(Names.RECONSTRUCTION_WINDOWS).setUnit("{window}").build();
    repeats = meter.counterBuilder(Names.RECONSTRUCTION_REPEATS).setUnit("{window}").build();
    deadLetters = meter.counterBuilder(Names.DEAD_LETTERS).setUnit("{record}").build();
    tensor = histogram(meter, Names.RECONSTRUCTION_TENSOR_DURATION);
    inference = histogram(meter, Names.RECONSTRUCTION_INFERENCE_DURATION);
    window = histogram(meter, Names.RECONSTRUCTION_WINDOW_DURATION);
    // From the start at 0: a counter that is not shown cannot be told from one that stands still.
    repeats.add(0);
  }

  private static DoubleHistogram histogram(Meter meter, String name) {
    return meter.histogramBuilder(name).setUnit("s").build();
  }

  void tensorMade(long ns) {
    tensor.record(ns / NS_PER_S);
  }

  void inferred(long ns) {
    inference.record(ns / NS_PER_S);
  }

  /** From taking the window up until the broker has its outcome. */
  void published(long ns) {
    window.record(ns / NS_PER_S);
  }

  void repeated() {
    repeats.add(1);
  }

  void ended(Reconstruction outcome) {
    windows.add(
        1,
        switch (outcome.getOutcomeCase()) {
          case UNRECONSTRUCTABLE ->
              Attributes.of(
                  Names.OUTCOME,
                  "unreconstructable",
                  Names.REASON,
                  outcome
                      .getUnreconstructable()
                      .getReason()
                      .name()
                      .replace("UNRECONSTRUCTABLE_REASON_", "")
                      .toLowerCase(Locale.ROOT));
          case RECONSTRUCTED, OUTCOME_NOT_SET -> Attributes.of(Names.OUTCOME, "reconstructed");
        });
  }

  void setAside(String reason) {
    deadLetters.add(1, Attributes.of(Names.STAGE, "reconstruction", Names.REASON, reason));
  }
}
