package io.lite3r.capture.edge;

import io.lite3r.capture.CameraTurns;
import io.lite3r.capture.FrameName;
import io.lite3r.capture.FramePreparation;
import io.lite3r.capture.FrameRefused;
import io.lite3r.capture.FrameRequest;
import io.lite3r.capture.PreparedFrame;
import io.lite3r.capture.WarmUp;
import io.lite3r.imaging.ImageLimits;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.ObjectStoreException;
import io.lite3r.schemas.v1.ClaimCheck;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one way in, for HTTP and for the player: check and make the view, store the original, publish
 * the record. Frames are prepared side by side and published in the order in which they were handed
 * in, camera by camera; the object is durable before the record that names it, and the record
 * before the receipt.
 */
@ApplicationScoped
class FrameIntake {
  private static final Logger LOG = Logger.getLogger(FrameIntake.class);

  private final FramePreparation preparation;
  private final boolean keepsOriginals;
  private final ObjectStore objects;
  private final CaptureChannels channels;
  private final Rejections rejections;
  private final CaptureTelemetry telemetry;
  private final CameraTurns turns = new CameraTurns();
  private final AcceptedMemory memory = new AcceptedMemory();
  private final Map<String, Long> lastSequences = new ConcurrentHashMap<>();
  private final ExecutorService preparing;
  private final ExecutorService storing = Executors.newVirtualThreadPerTaskExecutor();

  @Inject
  FrameIntake(
      CaptureSettings settings,
      ObjectStore objects,
      CaptureChannels channels,
      Rejections rejections,
      CaptureTelemetry telemetry) {
    this.preparation =
        new FramePreparation(
            new ImageLimits(
                ImageLimits.DEFAULT.minSide(),
                ImageLimits.DEFAULT.maxSide(),
                settings.maxImagePixels()),
            settings.maxImageBytes());
    this.keepsOriginals = settings.originals() == CaptureSettings.Originals.ALL;
    this.objects = objects;
    this.channels = channels;
    this.rejections = rejections;
    this.telemetry = telemetry;
    int threads =
        settings.threads() > 0 ? settings.threads() : Runtime.getRuntime().availableProcessors();
    this.preparing =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("capture-", 0).daemon().factory());
  }

  /**
   * The store's first use creates the bucket and proves it, and the first image loads and compiles
   * what looks into it; a camera should not wait for either.
   */
  void warmUp(@Observes StartupEvent event) {
    if (keepsOriginals) {
      storing.execute(
          () -> {
            try {
              objects.ready();
            } catch (ObjectStoreException e) {
              LOG.warnf("the object store is not there yet: %s", e.getMessage());
            }
          });
    }
    LOG.infof("warmed up in %.1f s", WarmUp.run() / 1e9);
  }

  /**
   * A frame is durable, or was already.
   *
   * @param tookNs from being handed in until the broker had it
   */
  record Receipt(FrameName name, long acceptedAtNs, long tookNs, boolean duplicate) {}

  private record Stored(PreparedFrame frame, @Nullable ClaimCheck original, boolean duplicate) {}

  int maxImageBytes() {
    return preparation.maxBytes();
  }

  /** Takes a frame of a live camera, in the camera's own order; see the last form. */
  CompletableFuture<Receipt> accept(FrameRequest request, byte[] body, String origin) {
    return accept(request, body, origin, cameraKey(request.name()), true);
  }

  /** Takes a frame of a camera that says when it ends; see the last form. */
  CompletableFuture<Receipt> accept(
      FrameRequest request, byte[] body, String origin, String queue) {
    return accept(request, body, origin, queue, false);
  }

  /**
   * Takes a frame. Fails with {@link FrameRefused}, already recorded, when the frame is bad, and
   * with anything else when the world is.
   *
   * @param origin where it came from, for the dead letter of a refusal
   * @param queue frames of one queue are published in the order of these calls
   * @param live whether windowing has to notice when the camera stops
   */
  private CompletableFuture<Receipt> accept(
      FrameRequest request, byte[] body, String origin, String queue, boolean live) {
    long startedNs = System.nanoTime();
    CameraTurns.Turn turn = turns.take(queue);
    Span span = telemetry.start(request.name());
    Context trace = Context.current().with(span);
    return CompletableFuture.supplyAsync(() -> prepare(request, body), preparing)
        .thenApplyAsync(this::store, storing)
        .thenCompose(
            stored ->
                turn.comes().thenCompose(ready -> publish(stored, live, turn, trace, startedNs)))
        .whenComplete(
            (receipt, failure) -> {
              turn.done();
              if (receipt != null && receipt.duplicate()) {
                telemetry.duplicate();
              } else if (receipt != null) {
                telemetry.accepted(body.length, receipt.tookNs() / 1e9);
              } else {
                span.setStatus(StatusCode.ERROR);
              }
              span.end();
            })
        .exceptionallyCompose(failure -> refused(request.name(), body, failure, origin, trace));
  }

  /** Records the refusal of something that never became a request; completes when durable. */
  CompletableFuture<Void> refuse(
      String scene,
      String capture,
      String camera,
      long sequence,
      byte[] body,
      FrameRefused refused,
      String origin) {
    return rejections.record(
        FrameRecords.id(scene, capture, camera, sequence), body, refused, origin);
  }

  /** Publishes the end of a camera behind its last frame. */
  CompletableFuture<Void> end(
      String scene, String capture, String camera, List<String> rigCameras) {
    String key = cameraKey(new FrameName(scene, capture, camera, 0));
    return inTurn(
        key,
        () -> {
          Long last = lastSequences.remove(key);
          return channels.frame(
              scene,
              FrameRecords.end(scene, capture, camera, last == null ? -1 : last, rigCameras),
              Context.current());
        });
  }

  private interface Send {
    CompletableFuture<Void> run();
  }

  private CompletableFuture<Void> inTurn(String camera, Send send) {
    CameraTurns.Turn turn = turns.take(camera);
    return turn.comes()
        .thenCompose(ready -> send.run())
        .whenComplete((nothing, failure) -> turn.done());
  }

  private PreparedFrame prepare(FrameRequest request, byte[] body) {
    try {
      return preparation.prepare(request, body);
    } catch (FrameRefused e) {
      throw new CompletionException(e);
    }
  }

  private Stored store(PreparedFrame frame) {
    FrameName name = frame.request().name();
    String known = memory.hash(name.originalKey());
    String hash = HexFormat.of().formatHex(frame.sha256());
    if (known != null) {
      if (!known.equals(hash)) {
        throw new CompletionException(conflict(name));
      }
      return new Stored(frame, null, true);
    }
    if (!keepsOriginals) {
      return new Stored(frame, null, false);
    }
    ClaimCheck original =
        objects.putIfAbsent(
            name.originalKey(), frame.original(), frame.header().format().mediaType());
    if (!Arrays.equals(original.getSha256().toByteArray(), frame.sha256())) {
      throw new CompletionException(conflict(name));
    }
    return new Stored(frame, original, false);
  }

  private CompletableFuture<Receipt> publish(
      Stored stored, boolean live, CameraTurns.Turn turn, Context trace, long startedNs) {
    FrameName name = stored.frame().request().name();
    long acceptedAtNs = Clocks.nowNs();
    if (stored.duplicate()) {
      return CompletableFuture.completedFuture(
          new Receipt(name, acceptedAtNs, System.nanoTime() - startedNs, true));
    }
    CompletableFuture<Void> durable =
        channels.frame(
            name.scene(),
            FrameRecords.frame(stored.frame(), stored.original(), acceptedAtNs, live),
            trace);
    // Sent is enough for the next frame of the camera: the producer keeps the order.
    turn.done();
    return durable.thenApply(
        acknowledged -> {
          memory.remember(name.originalKey(), HexFormat.of().formatHex(stored.frame().sha256()));
          lastSequences.merge(cameraKey(name), name.sequence(), Math::max);
          return new Receipt(name, acceptedAtNs, System.nanoTime() - startedNs, false);
        });
  }

  private CompletableFuture<Receipt> refused(
      FrameName name, byte[] body, Throwable failure, String origin, Context trace) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (!(cause instanceof FrameRefused refused)) {
      return CompletableFuture.failedFuture(cause);
    }
    try (var scope = trace.makeCurrent()) {
      return rejections
          .record(FrameRecords.id(name), body, refused, origin)
          .thenCompose(recorded -> CompletableFuture.failedFuture(refused));
    }
  }

  private static FrameRefused conflict(FrameName name) {
    return new FrameRefused(
        FrameRefused.Reason.ID_CONFLICT,
        "Sequence %d of camera %s in capture %s is already here with other bytes. Give a new image a new sequence, or a new run a new capture."
            .formatted(name.sequence(), name.camera(), name.capture()));
  }

  private static String cameraKey(FrameName name) {
    return name.scene() + "/" + name.capture() + "/" + name.camera();
  }

  @PreDestroy
  void close() {
    preparing.shutdown();
    storing.shutdown();
  }
}
