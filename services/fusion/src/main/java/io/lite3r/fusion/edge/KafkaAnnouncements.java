package io.lite3r.fusion.edge;

import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Window;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/**
 * Tells the world through Kafka; what was said is acknowledged by the broker when a call returns.
 */
@ApplicationScoped
public class KafkaAnnouncements implements Announcements {
  private static final Logger LOG = Logger.getLogger(KafkaAnnouncements.class);

  private final MutinyEmitter<byte[]> updates;
  private final MutinyEmitter<byte[]> outcomes;
  private final MutinyEmitter<byte[]> windows;
  private final MutinyEmitter<byte[]> deadLetters;

  public KafkaAnnouncements(
      @Channel("scene-updates-out") MutinyEmitter<byte[]> updates,
      // A version may end hundreds of frames at once.
      @Channel("frame-outcomes-fusion-out") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER)
          MutinyEmitter<byte[]> outcomes,
      @Channel("windows-fusion-out") MutinyEmitter<byte[]> windows,
      @Channel("dead-letters-fusion-out") MutinyEmitter<byte[]> deadLetters) {
    this.updates = updates;
    this.outcomes = outcomes;
    this.windows = windows;
    this.deadLetters = deadLetters;
  }

  @Override
  public void updated(SceneUpdate update) {
    updates.sendMessageAndAwait(message(update.getScene(), update.toByteArray()));
  }

  @Override
  public void ended(String scene, List<FrameOutcome> ended) {
    if (!ended.isEmpty()) {
      Uni.join()
          .all(
              ended.stream()
                  .map(o -> outcomes.sendMessage(message(scene, o.toByteArray())))
                  .toList())
          .andFailFast()
          .await()
          .indefinitely();
    }
  }

  @Override
  public void verify(Window window) {
    windows.sendMessageAndAwait(message(window.getId(), window.toByteArray()));
  }

  /** Puts a record that can never be read where a person finds it, as it came. */
  void setAside(Message<byte[]> message, Exception why) {
    IncomingKafkaRecordMetadata<?, ?> origin =
        message.getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow();
    String place = DeadLetter.origin(origin.getTopic(), origin.getPartition(), origin.getOffset());
    DeadLetter letter =
        new DeadLetter(
            "fusion",
            "undecodable",
            "the value is no ReconstructionRecord: %s. It was set aside untouched; its sender must be repaired"
                .formatted(why.getMessage()),
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
    LOG.warnf("%s was set aside: %s", place, letter.detail());
  }

  private static Message<byte[]> message(String key, byte[] value) {
    return Message.of(value)
        .addMetadata(OutgoingKafkaRecordMetadata.<String>builder().withKey(key).build())
        .addMetadata(TracingMetadata.withCurrent(Context.current()));
  }
}
