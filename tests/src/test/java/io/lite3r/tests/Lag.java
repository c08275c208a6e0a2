package io.lite3r.tests;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.common.TopicPartition;

/** L7: how many committed records every consumer group has not committed yet. */
final class Lag {
  private Lag() {}

  /** Waits until no group is behind, and returns how long that took. */
  static Duration awaitNone(Chain chain, Duration limit) {
    long from = System.nanoTime();
    chain.log.catchUp();
    Await.until(
        "every consumer group to have committed all records",
        limit,
        () -> of(chain).values().stream().allMatch(lag -> lag == 0),
        () -> {
          try {
            return of(chain).toString();
          } catch (ExecutionException | InterruptedException e) {
            return e.toString();
          }
        });
    return Duration.ofNanos(System.nanoTime() - from);
  }

  /** Records of a topic that one group has not committed. */
  static long of(Chain chain, String group, String topic)
      throws ExecutionException, InterruptedException {
    chain.log.catchUp();
    return of(chain).entrySet().stream()
        .filter(lag -> lag.getKey().startsWith(group + " " + topic + "-"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Records by {@code group topic-partition}. Transaction markers are no records. */
  static Map<String, Long> of(Chain chain) throws ExecutionException, InterruptedException {
    Map<TopicPartition, Map<Long, Boolean>> offsets = new HashMap<>();
    for (TopicLog.Entry entry : chain.log.entries()) {
      offsets
          .computeIfAbsent(
              new TopicPartition(entry.topic(), entry.partition()), key -> new HashMap<>())
          .put(entry.offset(), true);
    }
    Map<String, Long> lags = new TreeMap<>();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", chain.stack.bootstrapServers()))) {
      for (GroupListing group : admin.listGroups().all().get()) {
        var committed =
            admin
                .listConsumerGroupOffsets(group.groupId())
                .partitionsToOffsetAndMetadata(group.groupId())
                .get();
        committed.forEach(
            (partition, at) -> {
              if (at != null && offsets.containsKey(partition)) {
                long behind =
                    offsets.get(partition).keySet().stream().filter(o -> o >= at.offset()).count();
                lags.put(group.groupId() + " " + partition, behind);
              }
            });
      }
    }
    return lags;
  }
}
