package io.lite3r.console.edge;

import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.Topics;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * Puts records that cannot be read aside, untouched. Since a console reads its topics from the
 * beginning at every start, only a record that was written after this start is put aside; an older
 * one was seen by the console before.
 */
@ApplicationScoped
public class SetAside {
  private static final Logger LOG = Logger.getLogger(SetAside.class);

  private static final String UNDECODABLE = "undecodable";
  private static final Attributes COUNTED_AS =
      Attributes.of(Names.STAGE, "console", Names.REASON, UNDECODABLE);

  private final Emitter<byte[]> deadLetters;
  private final LongCounter count;
  private final long startedAtMs = System.currentTimeMillis();

  @Inject
  SetAside(
      @Channel(Topics.DEAD_LETTERS + "-console-out") Emitter<byte[]> deadLetters, Meter meter) {
    this.deadLetters = deadLetters;
    this.count = meter.counterBuilder(Names.DEAD_LETTERS).setUnit("{record}").build();
    // From the start at 0: a counter that is not shown cannot be told from one that stands still.
    count.add(0, COUNTED_AS);
  }

  /** Makes this bean, and so its idea of now, at the start instead of at the first bad record. */
  void start(@Observes StartupEvent event) {
    LOG.debugf("records older than %d are not put aside again", startedAtMs);
  }

  void record(ConsumerRecord<String, byte[]> message, Exception why) {
    String origin = DeadLetter.origin(message.topic(), message.partition(), message.offset());
    LOG.warnf("record %s cannot be read and is left out: %s", origin, why.getMessage());
    if (message.timestamp() < startedAtMs) {
      return;
    }
    var letter =
        new DeadLetter(
            "console",
            UNDECODABLE,
            "The record is no valid message of this topic: " + why.getMessage(),
            origin,
            null);
    var metadata =
        OutgoingKafkaRecordMetadata.<String>builder()
            .withKey(message.key())
            .withHeaders(letter.headers())
            .build();
    count.add(1, COUNTED_AS);
    deadLetters.send(Message.of(message.value()).addMetadata(metadata));
  }
}
