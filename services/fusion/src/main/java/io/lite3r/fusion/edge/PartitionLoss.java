package io.lite3r.fusion.edge;

import io.smallrye.common.annotation.Identifier;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * When partitions are taken away, so are their scenes: another instance goes on from the head, and
 * this one must not go on from memory if they ever come back. The scenes of partitions that stay go
 * on undisturbed.
 */
@ApplicationScoped
@Identifier("fusion-partitions")
public class PartitionLoss implements KafkaConsumerRebalanceListener {
  private final ReconstructionsStage stage;

  public PartitionLoss(ReconstructionsStage stage) {
    this.stage = stage;
  }

  @Override
  public void onPartitionsRevoked(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      stage.forgetScenes(
          partitions.stream().map(TopicPartition::partition).collect(Collectors.toSet()));
    }
  }
}
