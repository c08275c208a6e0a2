package io.lite3r.capture.edge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.ConfigProvider;

/** Everything on a topic up to now. */
final class TopicTail {
  private TopicTail() {}

  /** Records of the key, as soon as there are so many of them; fails after 20 s. */
  static List<ConsumerRecord<String, byte[]>> await(String topic, String key, int count) {
    return await(topic, record -> key.equals(record.key()), count);
  }

  static List<ConsumerRecord<String, byte[]>> await(
      String topic, Predicate<ConsumerRecord<String, byte[]>> wanted, int count) {
    String servers = ConfigProvider.getConfig().getValue("kafka.bootstrap.servers", String.class);
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            servers,
            "isolation.level",
            "read_committed",
            "max.partition.fetch.bytes",
            33_554_432);
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          IntStream.range(0, consumer.partitionsFor(topic).size())
              .mapToObj(partition -> new TopicPartition(topic, partition))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (found.size() < count || behind(consumer, partitions)) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError(
              "%d records on %s after 20 s, expected %d".formatted(found.size(), topic, count));
        }
        consumer
            .poll(Duration.ofMillis(50))
            .forEach(
                record -> {
                  if (wanted.test(record)) {
                    found.add(record);
                  }
                });
      }
      return found;
    }
  }

  private static boolean behind(
      KafkaConsumer<String, byte[]> consumer, List<TopicPartition> partitions) {
    return consumer.endOffsets(partitions).entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
  }
}
