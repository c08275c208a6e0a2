package io.lite3r.tests;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Everything that is on the broker, read from the beginning and followed by a plain consumer that
 * belongs to no group and asks no service. Pixels are let go, the rest is kept.
 */
final class TopicLog implements AutoCloseable {
  /** One committed record; {@code message} is its protobuf, or its raw bytes when it is none. */
  record Entry(
      String topic, int partition, long offset, String key, Headers headers, Object message) {
    /** As dead letters name it. */
    String origin() {
      return "%s-%d@%d".formatted(topic, partition, offset);
    }
  }

  private final String bootstrapServers;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Thread reader;
  private RuntimeException failure;

  TopicLog(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    this.reader = Thread.ofPlatform().daemon().name("topic-log").start(this::read);
  }

  /** What is known of one scene now. */
  synchronized SceneRecords scene(String scene) {
    return SceneRecords.of(scene, entries);
  }

  synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Waits until the scene's records are as wanted; woken by records, not by the clock. */
  synchronized SceneRecords await(
      String what, String scene, Duration limit, Predicate<SceneRecords> condition) {
    return await(what, scene, limit, condition, () -> "");
  }

  synchronized SceneRecords await(
      String what,
      String scene,
      Duration limit,
      Predicate<SceneRecords> condition,
      Supplier<String> diagnosis) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      if (failure != null) {
        throw failure;
      }
      SceneRecords records = SceneRecords.of(scene, entries);
      if (condition.test(records)) {
        return records;
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(
            "waited %s in vain for %s of scene %s; it has %s%s"
                .formatted(limit, what, scene, records, Await.suffix(diagnosis.get())));
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting for " + what, e);
      }
    }
  }

  /** Waits until all that is on the broker at this moment has been read. */
  void catchUp() {
    Map<TopicPartition, Long> ends = endOffsets();
    Await.until(
        "the topics to be read to " + ends,
        Duration.ofSeconds(30),
        () -> {
          synchronized (this) {
            return ends.entrySet().stream()
                .allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue());
          }
        });
  }

  /** A record with all its bytes. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Raw(String key, byte[] value) {}

  /** The first record of that key on a topic, read again, pixels included. */
  Raw raw(String topic, String key) {
    try (var consumer = consumer()) {
      List<TopicPartition> partitions =
          partitions(consumer).stream().filter(p -> p.topic().equals(topic)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (System.nanoTime() < deadline) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (key.equals(record.key())) {
            return new Raw(record.key(), record.value());
          }
        }
      }
    }
    throw new AssertionError("no record of key %s on %s".formatted(key, topic));
  }

  /** Where each partition ends now, transaction markers included. */
  Map<TopicPartition, Long> endOffsets() {
    try (var consumer = consumer()) {
      return consumer.endOffsets(partitions(consumer));
    }
  }

  @Override
  public void close() {
    stopping.set(true);
    try {
      reader.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (var consumer = consumer()) {
      List<TopicPartition> partitions = partitions(consumer);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!stopping.get()) {
        List<Entry> fresh = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          fresh.add(entry(record));
        }
        Map<TopicPartition, Long> reached = new HashMap<>();
        partitions.forEach(partition -> reached.put(partition, consumer.position(partition)));
        synchronized (this) {
          entries.addAll(fresh);
          positions.putAll(reached);
          notifyAll();
        }
      }
    } catch (RuntimeException e) {
      synchronized (this) {
        failure = e;
        notifyAll();
      }
    }
  }

  private KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "isolation.level",
            "read_committed",
            "max.partition.fetch.bytes",
            4 << 20,
            "reconnect.backoff.max.ms",
            500),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
    return Topics.all().stream()
        .map(Topic::name)
        .flatMap(topic -> consumer.partitionsFor(topic).stream())
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  private static Entry entry(ConsumerRecord<String, byte[]> record) {
    return new Entry(
        record.topic(),
        record.partition(),
        record.offset(),
        record.key(),
        record.headers(),
        message(record));
  }

  private static Object message(ConsumerRecord<String, byte[]> record) {
    try {
      return switch (record.topic()) {
        case Topics.FRAMES -> withoutPixels(FrameRecord.parseFrom(record.value()));
        case Topics.WINDOWS -> withoutPixels(Window.parseFrom(record.value()));
        case Topics.RECONSTRUCTIONS -> ReconstructionRecord.parseFrom(record.value());
        case Topics.SCENE_UPDATES -> SceneUpdate.parseFrom(record.value());
        case Topics.FRAME_OUTCOMES -> FrameOutcome.parseFrom(record.value());
        default -> record.value();
      };
    } catch (InvalidProtocolBufferException e) {
      return record.value();
    }
  }

  private static FrameRecord withoutPixels(FrameRecord record) {
    return record.hasFrame()
        ? record.toBuilder().setFrame(withoutPixels(record.getFrame())).build()
        : record;
  }

  private static Window withoutPixels(Window window) {
    Window.Builder light = window.toBuilder();
    for (int i = 0; i < window.getViewsCount(); i++) {
      light.setViews(i, withoutPixels(window.getViews(i)));
    }
    return light.build();
  }

  private static Frame withoutPixels(Frame frame) {
    Frame.Builder light = frame.toBuilder();
    light.getViewBuilder().clearJpeg();
    return light.build();
  }
}
