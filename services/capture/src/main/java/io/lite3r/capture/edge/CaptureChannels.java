package io.lite3r.capture.edge;

import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.FrameRecord;
import io.opentelemetry.context.Context;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;

/** The topics that capture writes. Every send completes when the broker has it on all replicas. */
@ApplicationScoped
class CaptureChannels {
  private final MutinyEmitter<byte[]> frames;
  private final MutinyEmitter<byte[]> outcomes;
  private final MutinyEmitter<byte[]> deadLetters;

  @Inject
  CaptureChannels(
      @Channel("frames-out") MutinyEmitter<byte[]> frames,
      @Channel("frame-outcomes-capture-out") MutinyEmitter<byte[]> outcomes,
      @Channel("dead-letters-capture-out") MutinyEmitter<byte[]> deadLetters) {
    this.frames = frames;
    this.outcomes = outcomes;
    this.deadLetters = deadLetters;
  }

  CompletableFuture<Void> frame(String scene, FrameRecord record, Context trace) {
    return send(frames, scene, record.toByteArray(), new RecordHeaders(), trace);
  }

  CompletableFuture<Void> outcome(String scene, FrameOutcome outcome, Context trace) {
    return send(outcomes, scene, outcome.toByteArray(), new RecordHeaders(), trace);
  }

  CompletableFuture<Void> deadLetter(
      String scene, byte[] payload, DeadLetter reason, Context trace) {
    return send(deadLetters, scene, payload, reason.headers(), trace);
  }

  private static CompletableFuture<Void> send(
      MutinyEmitter<byte[]> channel, String key, byte[] value, Headers headers, Context trace) {
    var record =
        OutgoingKafkaRecordMetadata.<String>builder().withKey(key).withHeaders(headers).build();
    return channel
        .sendMessage(
            Message.of(value)
                .addMetadata(record)
                // The producer's span, and so the record's traceparent, belongs under this one.
                .addMetadata(TracingMetadata.withCurrent(trace)))
        .subscribeAsCompletionStage();
  }
}
