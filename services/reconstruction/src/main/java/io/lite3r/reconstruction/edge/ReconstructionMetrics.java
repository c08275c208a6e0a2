package io.lite3r.reconstruction.edge;

import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.UnreconstructableReason;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import jakarta.inject.Singleton;
import java.util.Locale;

/** What reconstruction counts and times. */
@Singleton
public class ReconstructionMetrics {
  static final String UNDECODABLE = "undecodable";
  static final String DELIVERIES = "deliveries";

  private static final double NS_PER_S = 1e9;
  private static final Attributes RECONSTRUCTED = Attributes.of(Names.OUTCOME, "reconstructed");

  private final LongCounter windows;
  private final LongCounter repeats;
  private final LongCounter deadLetters;
  private final LongCounter alone;
  private final LongUpDownCounter waiting;
  private final DoubleHistogram queue;
  private final DoubleHistogram batch;
  private final DoubleHistogram copy;
  private final DoubleHistogram store;
  private final DoubleHistogram tensor;
  private final DoubleHistogram inference;
  private final DoubleHistogram window;

  public ReconstructionMetrics(Meter meter) {
    windows = meter.counterBuilder(Names.RECONSTRUCTION_WINDOWS).setUnit("{window}").build();
    repeats = meter.counterBuilder(Names.RECONSTRUCTION_REPEATS).setUnit("{window}").build();
    deadLetters = meter.counterBuilder(Names.DEAD_LETTERS).setUnit("{record}").build();
    alone = meter.counterBuilder(Names.RECONSTRUCTION_ALONE).setUnit("{window}").build();
    waiting = meter.upDownCounterBuilder(Names.RECONSTRUCTION_QUEUE).setUnit("{window}").build();
    queue = histogram(meter, Names.RECONSTRUCTION_QUEUE_DURATION);
    batch = meter.histogramBuilder(Names.RECONSTRUCTION_BATCH).setUnit("{window}").build();
    copy = histogram(meter, Names.RECONSTRUCTION_COPY_DURATION);
    store = histogram(meter, Names.RECONSTRUCTION_STORE_DURATION);
    tensor = histogram(meter, Names.RECONSTRUCTION_TENSOR_DURATION);
    inference = histogram(meter, Names.RECONSTRUCTION_INFERENCE_DURATION);
    window = histogram(meter, Names.RECONSTRUCTION_WINDOW_DURATION);
    // From the start at 0: a counter that is not shown cannot be told from one that stands still.
    repeats.add(0);
    deadLetters.add(0, deadLetter(UNDECODABLE));
    deadLetters.add(0, deadLetter(DELIVERIES));
    alone.add(0);
    windows.add(0, RECONSTRUCTED);
    for (UnreconstructableReason reason : UnreconstructableReason.values()) {
      if (reason != UnreconstructableReason.UNRECOGNIZED
          && reason != UnreconstructableReason.UNRECONSTRUCTABLE_REASON_UNSPECIFIED) {
        windows.add(0, unreconstructable(reason));
      }
    }
  }

  private static DoubleHistogram histogram(Meter meter, String name) {
    return meter.histogramBuilder(name).setUnit("s").build();
  }

  /** From a window's closing until it was taken up; hosts' clocks may differ. */
  void waited(long ns) {
    queue.record(Math.max(0, ns) / NS_PER_S);
  }

  void tensorMade(long ns) {
    tensor.record(ns / NS_PER_S);
  }

  /** A batch has passed the network. */
  void passed(int windows, long copyNs, long runNs) {
    batch.record(windows);
    copy.record(copyNs / NS_PER_S);
    inference.record(runNs / NS_PER_S);
  }

  /** A window has come from the broker and waits its turn. */
  void queued() {
    waiting.add(1);
  }

  /** It is taken up. */
  void takenUp() {
    waiting.add(-1);
  }

  /** Windows that waited are another worker's now. */
  void leftToOthers(int windows) {
    waiting.add(-windows);
  }

  void stored(long ns) {
    store.record(ns / NS_PER_S);
  }

  void triedAlone() {
    alone.add(1);
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
          case UNRECONSTRUCTABLE -> unreconstructable(outcome.getUnreconstructable().getReason());
          case RECONSTRUCTED, OUTCOME_NOT_SET -> RECONSTRUCTED;
        });
  }

  private static Attributes unreconstructable(UnreconstructableReason reason) {
    return Attributes.of(
        Names.OUTCOME,
        "unreconstructable",
        Names.REASON,
        reason.name().replace("UNRECONSTRUCTABLE_REASON_", "").toLowerCase(Locale.ROOT));
  }

  void setAside(String reason) {
    deadLetters.add(1, deadLetter(reason));
  }

  private static Attributes deadLetter(String reason) {
    return Attributes.of(Names.STAGE, "reconstruction", Names.REASON, reason);
  }
}
