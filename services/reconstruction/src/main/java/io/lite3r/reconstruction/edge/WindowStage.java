package io.lite3r.reconstruction.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.Window;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.annotations.Blocking;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * {@code windows} in, {@code reconstructions} out. A window's offset is acknowledged after the
 * broker has its outcome; a record that is no window goes to {@code dead-letters} as it came. When
 * the world is bad beyond the budget of the object store and the producer, the process stops, so
 * that its supervisor starts it again: nothing is acknowledged, nothing is lost.
 */
@ApplicationScoped
public class WindowStage {
  private static final Logger LOG = Logger.getLogger(WindowStage.class);

  private final WindowWork work;
  private final ReconstructionMetrics metrics;
  private final Tracer tracer;
  private final MutinyEmitter<byte[]> outcomes;
  private final MutinyEmitter<byte[]> deadLetters;

  public WindowStage(
      WindowWork work,
      ReconstructionMetrics metrics,
      Tracer tracer,
      @Channel("reconstructions-reconstruction-out") MutinyEmitter<byte[]> outcomes,
      @Channel("dead-letters-reconstruction-out") MutinyEmitter<byte[]> deadLetters) {
    this.work = work;
    this.metrics = metrics;
    this.tracer = tracer;
    this.outcomes = outcomes;
    this.deadLetters = deadLetters;
  }

  void atStart(@Observes StartupEvent event) {
    work.ready();
  }

  @Incoming("windows-in")
  @Acknowledgment(Acknowledgment.Strategy.MANUAL)
  @Blocking(value = "reconstruction", ordered = false)
  public CompletionStage<Void> take(Message<byte[]> message) {
    long start = System.nanoTime();
    Context parent =
        TracingMetadata.fromMessage(message)
            .map(TracingMetadata::getCurrentContext)
            .orElse(Context.current());
    Span span = tracer.spanBuilder(Names.SPAN_RECONSTRUCT).setParent(parent).startSpan();
    try (Scope ignored = span.makeCurrent()) {
      Window window = parse(message.getPayload());
      span.setAttribute(Names.SCENE, window.getScene());
      span.setAttribute(Names.WINDOW, window.getId());
      publish(work.reconstruct(window));
      metrics.published(System.nanoTime() - start);
    } catch (InvalidProtocolBufferException e) {
      span.recordException(e);
      setAside(message, e);
    } catch (RuntimeException e) {
      span.recordException(e);
      return stop(message, e);
    } finally {
      span.end();
    }
    return message.ack();
  }

  private static Window parse(byte[] bytes) throws InvalidProtocolBufferException {
    Window window = Window.parseFrom(bytes);
    if (window.getId().isEmpty() || window.getScene().isEmpty()) {
      throw new InvalidProtocolBufferException("it names no window id or no scene");
    }
    return window;
  }

  private void publish(Reconstruction outcome) {
    byte[] record =
        ReconstructionRecord.newBuilder().setReconstruction(outcome).build().toByteArray();
    outcomes.sendMessageAndAwait(
        Message.of(record)
            .addMetadata(
                OutgoingKafkaRecordMetadata.<String>builder().withKey(outcome.getScene()).build())
            .addMetadata(TracingMetadata.withCurrent(Context.current())));
  }

  private void setAside(Message<byte[]> message, InvalidProtocolBufferException e) {
    IncomingKafkaRecordMetadata<?, ?> origin =
        message.getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow();
    String place = DeadLetter.origin(origin.getTopic(), origin.getPartition(), origin.getOffset());
    DeadLetter letter =
        new DeadLetter(
            "reconstruction",
            ReconstructionMetrics.UNDECODABLE,
            "the value is no Window record: %s. It was set aside untouched; its sender must be repaired"
                .formatted(e.getMessage()),
            place,
            null);
    Headers headers = new RecordHeaders(origin.getHeaders());
    letter.headers().forEach(headers::add);
    deadLetters.sendMessageAndAwait(
        Message.of(message.getPayload())
            .addMetadata(
                OutgoingKafkaRecordMetadata.<Object>builder()
                    .withKey(origin.getKey())
                    .withHeaders(headers)
                    .build())
            .addMetadata(TracingMetadata.withCurrent(Context.current())));
    metrics.setAside(letter.reason());
    LOG.warnf("%s was set aside: %s", place, letter.detail());
  }

  private static CompletionStage<Void> stop(Message<byte[]> message, RuntimeException e) {
    LOG.fatal("reconstruction cannot go on and stops, to be started again by its supervisor", e);
    Quarkus.asyncExit(1);
    return message.nack(e);
  }
}
