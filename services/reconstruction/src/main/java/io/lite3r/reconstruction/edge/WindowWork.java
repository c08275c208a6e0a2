package io.lite3r.reconstruction.edge;

import io.lite3r.reconstruction.OutOfMemory;
import io.lite3r.reconstruction.Outcome;
import io.lite3r.reconstruction.OutcomeKey;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.queue.Places;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.Window;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** One window in, the outcome that counts out: stored once, whoever comes first. */
@ApplicationScoped
public class WindowWork {
  private static final Logger LOG = Logger.getLogger(WindowWork.class);

  private final ServedModel model;
  private final OutcomeStore store;
  private final ReconstructionMetrics metrics;
  private final Tracer tracer;
  private final Places places;
  private final InstantSource clock = InstantSource.system();

  public WindowWork(
      ReconstructionConfig config,
      ServedModel model,
      OutcomeStore store,
      ReconstructionMetrics metrics,
      Tracer tracer) {
    this.model = model;
    this.store = store;
    this.metrics = metrics;
    this.tracer = tracer;
    this.places = new Places(config.inFlight(model.contract().maxBatch()));
  }

  /** How many windows may be under way at once. */
  int inFlight() {
    return places.count();
  }

  /** What can fail at start fails here and now: the object store; the model came with the bean. */
  void ready() {
    store.ready();
  }

  /** Decodes, asks the network, checks and stores, unless all that has been done before. */
  Reconstruction reconstruct(Window window) {
    return settle(window, () -> run(window));
  }

  /** Ends a window that nobody can bring to an end otherwise. */
  Reconstruction giveUp(Window window, String why) {
    return settle(window, () -> new Outcome.Unreconstructable(Outcome.Reason.DELIVERIES, why));
  }

  private Reconstruction settle(Window window, Supplier<Outcome> work) {
    Contract contract = model.contract();
    long startedAtNs = nowNs();
    String key = OutcomeKey.of(window.getId(), contract.sha256(), contract.version());
    Optional<Reconstruction> done = store.find(window.getScene(), key);
    if (done.isPresent()) {
      metrics.repeated();
      return done.get();
    }
    Reconstruction.Builder record =
        Reconstruction.newBuilder()
            .setOutcomeKey(key)
            .setWindowId(window.getId())
            .setScene(window.getScene())
            .setCapture(window.getCapture())
            .setWindowNumber(window.getNumber())
            .setWindowNumberInCapture(window.getNumberInCapture())
            .setSharedWithPrevious(window.getSharedWithPrevious())
            .setModelId(contract.id())
            .setModelSha256(contract.sha256())
            .setWindowClosedAtNs(window.getClosedAtNs())
            .setPurpose(window.getPurpose())
            .setStartedAtNs(startedAtNs);
    window.getViewsList().forEach(frame -> record.addSources(RecordMapping.source(frame)));
    metrics.waited(startedAtNs - window.getClosedAtNs());
    Outcome found = work.get();
    long start = System.nanoTime();
    switch (found) {
      case Outcome.Reconstructed good ->
          record.setReconstructed(
              RecordMapping.record(
                  good, store.putSubmap(window.getScene(), key, RecordMapping.submap(good))));
      case Outcome.Unreconstructable bad -> record.setUnreconstructable(RecordMapping.record(bad));
    }
    Reconstruction outcome = store.putIfAbsent(record.setFinishedAtNs(nowNs()).build());
    metrics.stored(System.nanoTime() - start);
    metrics.ended(outcome);
    return outcome;
  }

  /** In one place beside the others; when there is no memory for it there, in all of them. */
  private Outcome run(Window window) {
    try {
      return places.beside(() -> attempt(window));
    } catch (OutOfMemory crowded) {
      LOG.warnf("window %s is tried again alone: %s", window.getId(), crowded.getMessage());
      metrics.triedAlone();
      try {
        return places.alone(() -> attempt(window));
      } catch (OutOfMemory alone) {
        return new Outcome.Unreconstructable(
            Outcome.Reason.OUT_OF_MEMORY, String.valueOf(alone.getMessage()));
      }
    }
  }

  private Outcome attempt(Window window) throws OutOfMemory {
    WindowReconstruction reconstruction = model.reconstruction();
    long start = System.nanoTime();
    WindowReconstruction.Prepared prepared;
    try {
      prepared = reconstruction.prepare(RecordMapping.views(window));
    } catch (IllegalArgumentException e) {
      return new Outcome.Unreconstructable(
          Outcome.Reason.UNREADABLE_VIEW, "a view's geometry cannot be: " + e.getMessage());
    }
    metrics.tensorMade(System.nanoTime() - start);
    Span span = tracer.spanBuilder(Names.SPAN_INFER).startSpan();
    try {
      return reconstruction.reconstruct(prepared);
    } finally {
      span.end();
    }
  }

  private long nowNs() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
