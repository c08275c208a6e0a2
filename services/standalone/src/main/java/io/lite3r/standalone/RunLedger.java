package io.lite3r.standalone;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.WindowPurpose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What the broker says happened to one scene: read from the topics alone, without asking any
 * service, so that it also audits them. Repeats of a record change nothing.
 */
final class RunLedger implements AutoCloseable {
  private static final List<String> READ =
      List.of(Topics.FRAME_OUTCOMES, Topics.RECONSTRUCTIONS, Topics.SCENE_UPDATES);

  private final String scene;
  private final Map<FrameId, FrameOutcome> outcomes = new LinkedHashMap<>();
  private final Map<String, Reconstruction> windows = new LinkedHashMap<>();
  private final Map<String, Long> closedCaptures = new HashMap<>();
  private final Map<Long, SceneUpdate> versions = new LinkedHashMap<>();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Thread reader;
  private long lastEventNanos = System.nanoTime();
  private @Nullable RuntimeException failure;

  RunLedger(String scene, Map<String, Object> connection) {
    this.scene = scene;
    this.reader = Thread.ofPlatform().name("run-ledger").start(() -> read(connection));
  }

  synchronized Map<FrameId, FrameOutcome> outcomes() {
    return new LinkedHashMap<>(outcomes);
  }

  synchronized List<Reconstruction> windows() {
    return new ArrayList<>(windows.values());
  }

  synchronized List<SceneUpdate> versions() {
    return new ArrayList<>(versions.values());
  }

  synchronized boolean allTerminal(Collection<FrameId> frames) {
    return outcomes.keySet().containsAll(frames);
  }

  synchronized long terminal(Collection<FrameId> frames) {
    return frames.stream().filter(outcomes::containsKey).count();
  }

  /** Whether a published version holds the whole capture. */
  synchronized boolean published(String capture) {
    return versions.values().stream().anyMatch(u -> u.getClosedCapturesList().contains(capture));
  }

  /** How many windows the capture has, once it is closed. */
  synchronized @Nullable Long windowCount(String capture) {
    return closedCaptures.get(capture);
  }

  /** Time since anything was heard of the scene. */
  synchronized Duration quiet() {
    if (failure != null) {
      throw failure;
    }
    return Duration.ofNanos(System.nanoTime() - lastEventNanos);
  }

  @Override
  public void close() throws InterruptedException {
    stopping.set(true);
    reader.join();
  }

  private void read(Map<String, Object> connection) {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    settings.put(
        "max.partition.fetch.bytes",
        READ.stream().mapToInt(topic -> Topics.get(topic).maxMessageBytes()).max().orElseThrow());
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions(consumer));
      consumer.seekToBeginning(consumer.assignment());
      while (!stopping.get()) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          note(record);
        }
      }
    } catch (RuntimeException e) {
      synchronized (this) {
        failure = e;
      }
    }
  }

  private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
    return READ.stream()
        .flatMap(topic -> consumer.partitionsFor(topic).stream())
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .toList();
  }

  private synchronized void note(ConsumerRecord<String, byte[]> record) {
    try {
      switch (record.topic()) {
        case Topics.FRAME_OUTCOMES -> note(FrameOutcome.parseFrom(record.value()));
        case Topics.RECONSTRUCTIONS -> note(ReconstructionRecord.parseFrom(record.value()));
        case Topics.SCENE_UPDATES -> note(SceneUpdate.parseFrom(record.value()));
        default -> throw new IllegalStateException("not subscribed: " + record.topic());
      }
    } catch (InvalidProtocolBufferException e) {
      // Not ours to judge: the services dead-letter what they cannot read.
      System.err.printf(
          "lite3r: unreadable record at %s-%d@%d%n",
          record.topic(), record.partition(), record.offset());
    }
  }

  private void note(FrameOutcome outcome) {
    // A refused image was never accepted: it must not end a good one that came later under the same
    // id.
    if (outcome.getFrame().getScene().equals(scene) && outcome.getAcceptedAtNs() != 0) {
      outcomes.putIfAbsent(outcome.getFrame(), outcome);
      heard();
    }
  }

  private void note(ReconstructionRecord record) {
    switch (record.getEventCase()) {
      case RECONSTRUCTION -> {
        // What fusion has asked to be reconstructed once more is none of the capture's windows.
        if (record.getReconstruction().getScene().equals(scene)
            && record.getReconstruction().getPurpose()
                != WindowPurpose.WINDOW_PURPOSE_VERIFICATION) {
          windows.putIfAbsent(record.getReconstruction().getWindowId(), record.getReconstruction());
          heard();
        }
      }
      case CAPTURE_CLOSED -> {
        if (record.getCaptureClosed().getScene().equals(scene)) {
          closedCaptures.put(
              record.getCaptureClosed().getCapture(), record.getCaptureClosed().getWindowCount());
          heard();
        }
      }
      case SCENE_DELETION, SCENE_ROLLBACK, EVENT_NOT_SET -> {}
    }
  }

  private void note(SceneUpdate update) {
    if (update.getScene().equals(scene)) {
      versions.putIfAbsent(update.getVersion(), update);
      heard();
    }
  }

  private void heard() {
    lastEventNanos = System.nanoTime();
  }
}
