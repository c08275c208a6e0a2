package io.lite3r.reconstruction.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.schemas.v1.Window;
import io.opentelemetry.context.Context;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/** A record of {@code windows} that this worker has and nobody has acknowledged yet. */
sealed interface TakenWindow {
  Logger LOG = Logger.getLogger(TakenWindow.class);

  Message<byte[]> message();

  /** The scene whose turn it takes; records that name none have one line together. */
  String scene();

  /** A window to be reconstructed. */
  record Decoded(Message<byte[]> message, Window window) implements TakenWindow {
    @Override
    public String scene() {
      return window.getScene();
    }
  }

  /** No window at all. */
  record Undecodable(Message<byte[]> message, InvalidProtocolBufferException fault)
      implements TakenWindow {
    @Override
    public String scene() {
      return "";
    }
  }

  static TakenWindow of(Message<byte[]> message) {
    try {
      Window window = Window.parseFrom(message.getPayload());
      if (window.getId().isEmpty() || window.getScene().isEmpty()) {
        throw new InvalidProtocolBufferException("it names no window id or no scene");
      }
      return new Decoded(message, window);
    } catch (InvalidProtocolBufferException e) {
      return new Undecodable(message, e);
    }
  }

  /** Where the record lies. */
  default IncomingKafkaRecordMetadata<?, ?> origin() {
    return message().getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow();
  }

  default TopicPartition partition() {
    return new TopicPartition(origin().getTopic(), origin().getPartition());
  }

  /**
   * What tells deliveries apart: in a share group the record, which is one window's work however
   * often it comes; in a consumer group this very delivery, since each is acknowledged for itself.
   */
  default Object place() {
    return isShared() ? "%s@%d".formatted(partition(), origin().getOffset()) : message();
  }

  private boolean isShared() {
    return origin().getRecord().deliveryCount().isPresent();
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
    try {
      message().ack().toCompletableFuture().join();
    } catch (CompletionException e) {
      if (!isShared()) {
        throw e;
      }
      // Its lock had run out, or is just being renewed: it comes again, and its outcome is found.
      LOG.warnf("%s was not acknowledged and will come again: %s", place(), e.getMessage());
    }
  }

  /** It is not done, and somebody else may try. */
  default void release(RuntimeException cause) {
    message().nack(cause);
  }
}
