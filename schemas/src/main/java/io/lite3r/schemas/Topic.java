package io.lite3r.schemas;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What topics.yaml says of one topic.
 *
 * @param value the protobuf message of the value, or {@code bytes}
 * @param key what the record key is, in words
 * @param maxMessageBytes the limit of one record on its whole way: broker, producer, consumer
 * @param producers the stages that write it
 * @param consumers what each reading stage promises, by stage
 */
public record Topic(
    String name,
    String value,
    String key,
    int partitions,
    Duration retention,
    int maxMessageBytes,
    List<String> producers,
    Map<String, Consumption> consumers) {

  public Topic {
    if (partitions < 1 || maxMessageBytes < 1 || !retention.isPositive()) {
      throw new IllegalArgumentException(
          "topic %s: partitions, retention and max_message_bytes must be positive".formatted(name));
    }
    producers = List.copyOf(producers);
    consumers = Map.copyOf(consumers);
  }

  /**
   * How one stage reads the topic, and what it does when the record, or the world, is bad.
   *
   * @param retryBudget how long it retries in place while broker, object store or GPU fail; then
   *     its process stops
   */
  public record Consumption(String isolation, OnBadRecord onBadRecord, Duration retryBudget) {}

  /** What a stage does with a record that can never be processed. The one policy there is. */
  public enum OnBadRecord {
    /** Sets it aside on {@code dead-letters}, untouched, and goes on. */
    DEAD_LETTER
  }
}
