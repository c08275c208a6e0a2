package io.lite3r.reconstruction.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.schemas.v1.Window;
import io.opentelemetry.context.Context;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Message;

/** A record of {@code windows} that this worker has and nobody has acknowledged yet. */
sealed interface TakenWindow {
  Message<byte[]> message();

  /** From {@link System#nanoTime()}. */
  long takenAtNs();

  /** The scene whose turn it takes; records that name none have one line together. */
  String scene();

  /** A window to be reconstructed. */
  record Readable(Message<byte[]> message, long takenAtNs, Window window) implements TakenWindow {
    @Override
    public String scene() {
      return window.getScene();
    }
  }

  /** No window at all. */
  record Unreadable(Message<byte[]> message, long takenAtNs, InvalidProtocolBufferException fault)
      implements TakenWindow {
    @Override
    public String scene() {
      return "";
    }
  }

  static TakenWindow of(Message<byte[]> message, long takenAtNs) {
    try {
      Window window = Window.parseFrom(message.getPayload());
      if (window.getId().isEmpty() || window.getScene().isEmpty()) {
        throw new InvalidProtocolBufferException("it names no window id or no scene");
      }
      return new Readable(message, takenAtNs, window);
    } catch (InvalidProtocolBufferException e) {
      return new Unreadable(message, takenAtNs, e);
    }
  }

  /** Where the record lies. */
  default IncomingKafkaRecordMetadata<?, ?> origin() {
    return message().getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow();
  }

  default TopicPartition partition() {
    return new TopicPartition(origin().getTopic(), origin().getPartition());
  }

  /** How often a share group has delivered it, this time included; 1 in a consumer group. */
  default int deliveryCount() {
    return origin().getRecord().deliveryCount().map(Short::intValue).orElse(1);
  }

  /** The span that this window's own hangs on. */
  default Context parentContext() {
    return TracingMetadata.fromMessage(message())
        .map(TracingMetadata::getCurrentContext)
        .orElse(Context.current());
  }

  /** It is done: its effect is durable. */
  default void acknowledge() {
    message().ack().toCompletableFuture().join();
  }

  /** It is not done, and somebody else may try. */
  default void release(RuntimeException cause) {
    message().nack(cause);
  }
}
