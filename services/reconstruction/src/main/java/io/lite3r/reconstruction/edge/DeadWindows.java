package io.lite3r.reconstruction.edge;

import io.lite3r.schemas.DeadLetter;
import io.opentelemetry.context.Context;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/** Records of {@code windows} that are set aside as they came. */
@ApplicationScoped
public class DeadWindows {
  private static final Logger LOG = Logger.getLogger(DeadWindows.class);

  private final MutinyEmitter<byte[]> deadLetters;
  private final ReconstructionMetrics metrics;

  public DeadWindows(
      @Channel("dead-letters-reconstruction-out") MutinyEmitter<byte[]> deadLetters,
      ReconstructionMetrics metrics) {
    this.deadLetters = deadLetters;
    this.metrics = metrics;
  }

  /** A record that is no window. */
  void setAside(TakenWindow.Undecodable taken) {
    setAside(
        taken,
        ReconstructionMetrics.UNDECODABLE,
        "the value is no Window record: %s. It was set aside untouched; its sender must be repaired"
            .formatted(taken.fault().getMessage()));
  }

  /**
   * A window that has been delivered so often without an end.
   *
   * @return the sentence that says why
   */
  String setAsideAfter(TakenWindow.Decoded taken, int deliveries) {
    String why =
        "delivered %d times without an end; who took it up has died of it, or was killed"
            .formatted(deliveries);
    setAside(taken, ReconstructionMetrics.DELIVERIES, why);
    return why;
  }

  private void setAside(TakenWindow taken, String reason, String detail) {
    IncomingKafkaRecordMetadata<?, ?> origin = taken.origin();
    String place = DeadLetter.origin(origin.getTopic(), origin.getPartition(), origin.getOffset());
    DeadLetter letter = new DeadLetter("reconstruction", reason, detail, place, null);
    Headers headers = new RecordHeaders(origin.getHeaders());
    letter.headers().forEach(headers::add);
    deadLetters.sendMessageAndAwait(
        Message.of(taken.message().getPayload())
            .addMetadata(
                OutgoingKafkaRecordMetadata.<Object>builder()
                    .withKey(origin.getKey())
                    .withHeaders(headers)
                    .build())
            .addMetadata(TracingMetadata.withCurrent(Context.current())));
    metrics.setAside(reason);
    LOG.warnf("%s was set aside: %s", place, detail);
  }
}
