package io.lite3r.windowing.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.windowing.CameraEvent;
import io.lite3r.windowing.CaptureAssembly;
import io.lite3r.windowing.Decision;
import io.lite3r.windowing.Patience;
import io.lite3r.windowing.SilenceWatch;
import io.lite3r.windowing.WindowingRules;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jboss.logging.Logger;

/**
 * One record of {@code frames} in; state and all that follows out, in one transaction. Decisions
 * are {@link CaptureAssembly}'s; this carries them out. By the clock alone it notices that a live
 * camera has stopped, and says so in a record of its own.
 */
final class WindowingProcessor implements Processor<String, byte[], String, byte[]> {
  private static final Logger LOG = Logger.getLogger(WindowingProcessor.class);
  private static final String UNDECODABLE = "undecodable";
  private static final String ID_CONFLICT = "id_conflict";

  /** Why a record may be set aside. */
  static final List<String> SET_ASIDE = List.of(UNDECODABLE, ID_CONFLICT);

  private final WindowingRules rules;
  private final Patience patience;
  private final SilenceWatch watch;
  private final WindowTelemetry telemetry;
  private ProcessorContext<String, byte[]> context;
  private WindowStores stores;

  @SuppressWarnings("NullAway.Init") // Kafka Streams calls init before anything else.
  WindowingProcessor(WindowingRules rules, Patience patience, WindowTelemetry telemetry) {
    this.rules = rules;
    this.patience = patience;
    this.watch =
        new SilenceWatch(patience.silentAfter().toNanos(), patience.endedAfter().toNanos());
    this.telemetry = telemetry;
  }

  @Override
  public void init(ProcessorContext<String, byte[]> context) {
    this.context = context;
    this.stores = new WindowStores(context);
    stores.watched((capture, assembly) -> watch.resume(capture, assembly, nowNs()));
    context.schedule(patience.look(), PunctuationType.WALL_CLOCK_TIME, now -> look());
  }

  @Override
  public void close() {
    telemetry.silent(context.taskId().toString(), 0);
  }

  @Override
  public void process(Record<String, byte[]> record) {
    FrameEvents event;
    try {
      event =
          FrameEvents.of(
              FrameRecord.parseFrom(Objects.requireNonNullElse(record.value(), new byte[0])),
              WindowTelemetry.traceparent(record.headers()));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      deadLetter(record, UNDECODABLE, "Not a FrameRecord: %s.".formatted(e.getMessage()));
      return;
    }
    CaptureAssembly assembly = stores.assembly(event.scene(), event.capture());
    long number = stores.nextNumber(event.scene());
    List<Decision> decisions = assembly.accept(event.event(), rules, number);
    long windows = decisions.stream().filter(Decision.WindowClosed.class::isInstance).count();
    if (windows > 0) {
      stores.nextNumber(event.scene(), number + windows);
    }
    stores.save(event.scene(), event.capture(), assembly);
    decisions.forEach(decision -> carryOut(decision, event, record));
    watch(event, assembly);
  }

  private void watch(FrameEvents event, CaptureAssembly assembly) {
    var capture = new SilenceWatch.CaptureName(event.scene(), event.capture());
    if (assembly.isClosed()) {
      watch.closed(capture);
    } else if (assembly.isWatched()) {
      switch (event.event()) {
        case CameraEvent.FrameArrived arrived -> {
          if (!assembly.hasEnded(arrived.camera())) {
            watch.heard(
                capture, arrived.camera(), arrived.frame().timeNs(), arrived.rigCameras(), nowNs());
          }
        }
        case CameraEvent.Ended ended -> {
          if (assembly.hasEnded(ended.camera())) {
            watch.ended(capture, ended.camera());
          }
        }
        case CameraEvent.Silent silent -> {}
      }
    }
  }

  /** What is noticed takes its place behind what the cameras have sent by now, read or not. */
  private void look() {
    SilenceWatch.Look look = watch.look(nowNs());
    for (SilenceWatch.Silence silence : look.silences()) {
      long last = last(silence.capture(), silence.camera());
      notice(silence.capture(), WindowRecords.silence(silence, last));
    }
    for (SilenceWatch.Gone gone : look.gone()) {
      LOG.warnf(
          "camera %s of %s/%s has sent nothing for lite3r.windowing.ended-after and is recorded as ended",
          gone.camera(), gone.capture().scene(), gone.capture().capture());
      notice(gone.capture(), WindowRecords.end(gone, last(gone.capture(), gone.camera())));
    }
    telemetry.silent(context.taskId().toString(), watch.silent(nowNs()));
  }

  private long last(SilenceWatch.CaptureName capture, String camera) {
    return stores.assembly(capture.scene(), capture.capture()).lastSequence(camera);
  }

  private void notice(SilenceWatch.CaptureName capture, FrameRecord noticed) {
    context.forward(
        new Record<>(capture.scene(), noticed.toByteArray(), context.currentSystemTimeMs()),
        WindowingTopology.NOTICED);
  }

  private long nowNs() {
    return context.currentSystemTimeMs() * 1_000_000;
  }

  private void carryOut(Decision decision, FrameEvents event, Record<String, byte[]> record) {
    String scene = event.scene();
    String capture = event.capture();
    long nowNs = nowNs();
    switch (decision) {
      case Decision.Keep keep ->
          stores.keep(scene, capture, keep.frame(), Objects.requireNonNull(event.frame()));
      case Decision.Release release -> stores.release(scene, capture, release.frame());
      case Decision.Duplicate duplicate -> telemetry.duplicate();
      case Decision.Conflict conflict ->
          deadLetter(
              record,
              ID_CONFLICT,
              "Frame %s/%s/%s/%d is already here with other bytes. Give a new image a new sequence."
                  .formatted(
                      scene, capture, conflict.frame().camera(), conflict.frame().sequence()));
      case Decision.InstantClosed instant -> telemetry.instant(instant);
      case Decision.Skip skip -> {
        telemetry.skipped();
        send(
            Topics.FRAME_OUTCOMES,
            scene,
            WindowRecords.skipped(scene, capture, skip, nowNs).toByteArray(),
            trace(record),
            record);
      }
      case Decision.Reject reject -> {
        telemetry.rejected(reject);
        send(
            Topics.FRAME_OUTCOMES,
            scene,
            WindowRecords.rejected(scene, capture, reject, nowNs).toByteArray(),
            trace(record),
            record);
      }
      case Decision.WindowClosed window -> {
        List<byte[]> frames =
            window.frames().stream().map(ref -> stores.view(scene, capture, ref)).toList();
        send(
            Topics.WINDOWS,
            window.id(),
            WindowRecords.window(scene, capture, window, frames, rules.version(), nowNs)
                .toByteArray(),
            telemetry.closing(scene, window, nowNs),
            record);
      }
      case Decision.CaptureClosed closed ->
          send(
              Topics.RECONSTRUCTIONS,
              scene,
              WindowRecords.captureClosed(scene, capture, closed, nowNs).toByteArray(),
              trace(record),
              record);
    }
  }

  private void deadLetter(Record<String, byte[]> record, String reason, String detail) {
    telemetry.deadLetter(reason);
    String origin =
        context
            .recordMetadata()
            .map(at -> DeadLetter.origin(at.topic(), at.partition(), at.offset()))
            .orElse("unknown");
    Headers headers =
        new DeadLetter(
                "windowing", reason, detail, origin, WindowTelemetry.traceparent(record.headers()))
            .headers();
    context.forward(
        new Record<>(record.key(), record.value(), record.timestamp(), headers),
        Topics.DEAD_LETTERS);
  }

  private void send(
      String topic, String key, byte[] value, Headers headers, Record<String, byte[]> cause) {
    context.forward(new Record<>(key, value, cause.timestamp(), headers), topic);
  }

  private static Headers trace(Record<String, byte[]> record) {
    RecordHeaders headers = new RecordHeaders();
    record.headers().headers("traceparent").forEach(headers::add);
    return headers;
  }
}
