package io.lite3r.reconstruction.edge;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** A consumer group's partitions move: what waits here of those that go is forgotten. */
@ApplicationScoped
@Identifier("windows")
public class WindowRebalance implements KafkaConsumerRebalanceListener {
  private final WindowStage stage;

  public WindowRebalance(WindowStage stage) {
    this.stage = stage;
  }

  @Override
  public void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    stage.leave(partitions);
  }

  @Override
  public void onPartitionsLost(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    stage.leave(partitions);
  }
}
