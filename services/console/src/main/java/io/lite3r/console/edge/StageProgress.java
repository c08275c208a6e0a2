package io.lite3r.console.edge;

import io.lite3r.console.health.Backlog;
import io.lite3r.console.health.StageReading;
import io.lite3r.schemas.Topics;
import io.lite3r.security.KafkaConnection;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.eclipse.microprofile.config.Config;

/**
 * How far each stage has come, from offsets alone: no frame is read for it. A stage has done what
 * its group has committed and has before it what lies between there and the topic's end. Windows
 * are done when either of reconstruction's groups has done them: what one stored, the other finds.
 */
@ApplicationScoped
public class StageProgress {
  private static final List<String> TOPICS =
      List.of(Topics.FRAMES, Topics.WINDOWS, Topics.RECONSTRUCTIONS);
  private static final Map<String, String> GROUP_BY_TOPIC =
      Map.of(
          Topics.FRAMES, "lite3r-windowing",
          Topics.WINDOWS, "lite3r-reconstruction",
          Topics.RECONSTRUCTIONS, "lite3r-fusion");

  /**
   * Windows may be taken through a share group instead (docs/adr/0021); reconstruction's settings
   * name it.
   */
  private static final String SHARE_GROUP = "lite3r-reconstruction-share";

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Admin admin;

  @Inject
  StageProgress(Config config) {
    Map<String, Object> settings = KafkaConnection.properties(config);
    settings.put("client.id", "lite3r-console-health");
    settings.put("request.timeout.ms", (int) PATIENCE.toMillis());
    settings.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
    this.admin = Admin.create(settings);
  }

  /** Readings of capture, windowing, reconstruction and fusion, by stage. */
  Map<String, StageReading> read()
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> earliest = offsets(OffsetSpec.earliest());
    Map<TopicPartition, Long> latest = offsets(OffsetSpec.latest());
    Map<TopicPartition, Long> committed = committed();
    Map<String, StageReading> readings = new HashMap<>();
    readings.put("capture", new StageReading(sum(Topics.FRAMES, latest::get), null));
    List<Long> frames = lags(Topics.FRAMES, earliest, latest, committed);
    List<Long> windows =
        lagsOfEither(lags(Topics.WINDOWS, earliest, latest, committed), sharedLags(latest));
    List<Long> outcomes = lags(Topics.RECONSTRUCTIONS, earliest, latest, committed);
    long outcomesWritten = sum(Topics.RECONSTRUCTIONS, latest::get);
    readings.put(
        "windowing",
        new StageReading(
            sum(Topics.FRAMES, latest::get) - Backlog.plain(frames), Backlog.plain(frames)));
    readings.put(
        "reconstruction", new StageReading(outcomesWritten, Backlog.transactional(windows)));
    readings.put(
        "fusion",
        new StageReading(outcomesWritten - Backlog.mixed(outcomes), Backlog.mixed(outcomes)));
    return readings;
  }

  private Map<TopicPartition, Long> offsets(OffsetSpec which)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    TOPICS.forEach(topic -> partitions(topic).forEach(partition -> asked.put(partition, which)));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    Map<TopicPartition, ListOffsetsResultInfo> answer =
        admin.listOffsets(asked).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    answer.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }

  private Map<TopicPartition, Long> committed()
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, ListConsumerGroupOffsetsSpec> asked = new HashMap<>();
    GROUP_BY_TOPIC.forEach(
        (topic, group) ->
            asked.put(
                group, new ListConsumerGroupOffsetsSpec().topicPartitions(partitions(topic))));
    Map<TopicPartition, Long> committed = new HashMap<>();
    for (Map<TopicPartition, OffsetAndMetadata> group :
        admin
            .listConsumerGroupOffsets(asked)
            .all()
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .values()) {
      group.forEach(
          (partition, offset) -> {
            if (offset != null) {
              committed.put(partition, offset.offset());
            }
          });
    }
    return committed;
  }

  /** What waits for the share group in each partition that it has begun. */
  private Map<Integer, Long> sharedLags(Map<TopicPartition, Long> latest)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<Integer, Long> lags = new HashMap<>();
    try {
      admin
          .listShareGroupOffsets(
              Map.of(
                  SHARE_GROUP,
                  new ListShareGroupOffsetsSpec().topicPartitions(partitions(Topics.WINDOWS))))
          .partitionsToOffsetInfo(SHARE_GROUP)
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .forEach(
              (partition, info) -> {
                if (info != null && info.startOffset() >= 0) {
                  long behind = latest.getOrDefault(partition, 0L) - info.startOffset();
                  lags.put(partition.partition(), Math.max(0, info.lag().orElse(behind)));
                }
              });
    } catch (ExecutionException e) {
      // Nobody shares: no such group, or a broker that has no share groups at all.
      if (!(e.getCause() instanceof GroupIdNotFoundException
          || e.getCause() instanceof UnsupportedVersionException)) {
        throw e;
      }
    }
    return lags;
  }

  private static List<Long> lagsOfEither(List<Long> committed, Map<Integer, Long> shared) {
    return IntStream.range(0, committed.size())
        .mapToObj(
            number -> Math.min(committed.get(number), shared.getOrDefault(number, Long.MAX_VALUE)))
        .toList();
  }

  private static List<Long> lags(
      String topic,
      Map<TopicPartition, Long> earliest,
      Map<TopicPartition, Long> latest,
      Map<TopicPartition, Long> committed) {
    List<Long> lags = new ArrayList<>();
    for (TopicPartition partition : partitions(topic)) {
      long begin = earliest.getOrDefault(partition, 0L);
      long end = latest.getOrDefault(partition, begin);
      lags.add(Math.max(0, end - Math.max(begin, committed.getOrDefault(partition, begin))));
    }
    return lags;
  }

  private static long sum(String topic, ToLongFunction<TopicPartition> offset) {
    return partitions(topic).stream().mapToLong(offset).sum();
  }

  private static List<TopicPartition> partitions(String topic) {
    return IntStream.range(0, Topics.get(topic).partitions())
        .mapToObj(number -> new TopicPartition(topic, number))
        .toList();
  }

  @PreDestroy
  void close() {
    admin.close(Duration.ofSeconds(1));
  }
}
