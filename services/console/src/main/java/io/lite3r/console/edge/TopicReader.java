package io.lite3r.console.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.console.scene.SceneLedger;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.SceneUpdate;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Reads what is published into the ledger. Every console reads both topics from their beginning in
 * a group of its own and commits nothing: its state is a cache that a restart fills again.
 */
@ApplicationScoped
public class TopicReader {
  private final SceneLedger ledger;
  private final SetAside setAside;

  @Inject
  TopicReader(SceneLedger ledger, SetAside setAside) {
    this.ledger = ledger;
    this.setAside = setAside;
  }

  @Incoming("scene-updates-in")
  void update(ConsumerRecord<String, byte[]> message) {
    try {
      SceneUpdate update = SceneUpdate.parseFrom(message.value());
      if (update.getDeleted()) {
        ledger.deleted(update.getScene(), update.getVersion(), update.getPublishedAtNs());
      } else {
        ledger.published(SceneMapping.version(update));
      }
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      setAside.record(message, e);
    }
  }

  @Incoming("frame-outcomes-in")
  void outcome(ConsumerRecord<String, byte[]> message) {
    try {
      ledger.ended(SceneMapping.frameEnd(FrameOutcome.parseFrom(message.value())));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      setAside.record(message, e);
    }
  }
}
