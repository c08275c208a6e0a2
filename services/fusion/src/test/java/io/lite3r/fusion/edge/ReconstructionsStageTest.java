package io.lite3r.fusion.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.fusion.scene.CircuitCapture;
import io.lite3r.fusion.scene.RoomCapture;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Window;
import io.lite3r.schemas.v1.WindowPurpose;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service over a real broker and a real object store. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ReconstructionsStageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String broker;

  @ConfigProperty(name = "mp.messaging.incoming.reconstructions-in.group.id")
  String group;

  @Inject ObjectStore objects;

  private final String scene = "scene-" + UUID.randomUUID();
  private KafkaProducer<String, byte[]> producer;

  @BeforeEach
  void open() {
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker), new StringSerializer(), new ByteArraySerializer());
  }

  @AfterEach
  void close() {
    producer.close();
  }

  @Test
  void outcomesInAnyOrderBecomeVersionsAndEveryFrameEndsOnce() throws Exception {
    List<ReconstructionRecord> records = capture();
    RecordMetadata last = null;
    for (int index : new int[] {3, 2, 0, 0, 1}) { // the end first, the second window last
      last = send(records.get(index), null);
    }

    List<FrameOutcome> outcomes = new ArrayList<>();
    for (var record : read("frame-outcomes", r -> scene.equals(r.key()), 10)) {
      outcomes.add(FrameOutcome.parseFrom(record.value()));
    }
    assertThat(outcomes).allMatch(FrameOutcome::hasFused);
    assertThat(outcomes.stream().map(o -> o.getFrame().getSequence()))
        .containsExactlyInAnyOrder(
            IntStream.range(0, 10).mapToObj(i -> (long) i).toArray(Long[]::new));

    List<SceneUpdate> updates = new ArrayList<>();
    for (var record : read("scene-updates", r -> scene.equals(r.key()), 2)) {
      updates.add(SceneUpdate.parseFrom(record.value()));
    }
    SceneUpdate newest = updates.getLast();
    assertThat(newest.getWindows()).isEqualTo(3);
    assertThat(newest.getClosedCapturesList()).containsExactly("c");
    var head = SceneJson.readHead(objects.get(SceneKeys.head(scene)).orElseThrow().bytes());
    assertThat(head.version()).isEqualTo(newest.getVersion());
    assertThat(head.digest()).isEqualTo(HexFormat.of().formatHex(newest.getDigest().toByteArray()));

    TopicPartition partition = new TopicPartition(last.topic(), last.partition());
    long end = last.offset() + 1;
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                OffsetAndMetadata committed =
                    admin
                        .listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .get(partition);
                assertThat(committed).isNotNull();
                assertThat(committed.offset()).isGreaterThanOrEqualTo(end);
              });
    }
  }

  @Test
  void aRecordThatIsNoneIsSetAsideUntouchedAndTheNextIsDone() throws Exception {
    byte[] garbage = ("no outcome of " + scene).getBytes(UTF_8);
    producer.send(new ProducerRecord<>("reconstructions", scene, garbage)).get();
    send(capture().getFirst(), null);

    assertThat(read("scene-updates", r -> scene.equals(r.key()), 1)).hasSize(1);
    ConsumerRecord<String, byte[]> letter =
        read("dead-letters", r -> new String(r.value(), UTF_8).endsWith(scene), 1).getFirst();
    assertThat(letter.value()).isEqualTo(garbage);
    assertThat(DeadLetter.of(letter.headers()).stage()).isEqualTo("fusion");
    assertThat(DeadLetter.of(letter.headers()).origin()).matches("reconstructions-\\d@\\d+");
  }

  @Test
  void aPlaceSeenAgainIsVerifiedByAWindowThatGoesRound() throws Exception {
    List<ReconstructionRecord> records =
        Records.of(scene, new CircuitCapture(7).windows(), objects);
    for (ReconstructionRecord record : records) {
      send(record, null);
    }

    ConsumerRecord<String, byte[]> asked = read("windows", r -> isOfScene(r.value()), 1).getFirst();
    Window window = Window.parseFrom(asked.value());
    assertThat(asked.key()).isEqualTo(window.getId());
    assertThat(window.getPurpose()).isEqualTo(WindowPurpose.WINDOW_PURPOSE_VERIFICATION);
    assertThat(read("scene-updates", r -> scene.equals(r.key()), 1).stream().map(this::update))
        .as("the capture has not closed before its verification came back")
        .allMatch(u -> u.getClosedCapturesCount() == 0);
    send(Records.verified(window, objects), null);

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                read("scene-updates", r -> scene.equals(r.key()), 1).stream()
                    .anyMatch(r -> update(r).getClosedCapturesCount() == 1));
    var head = SceneJson.readHead(objects.get(SceneKeys.head(scene)).orElseThrow().bytes());
    assertThat(head.windows()).isEqualTo(7);
    List<ConsumerRecord<String, byte[]>> ends =
        read("frame-outcomes", r -> scene.equals(r.key()), 22);
    assertThat(ends).hasSize(22);
  }

  private SceneUpdate update(ConsumerRecord<String, byte[]> record) {
    try {
      return SceneUpdate.parseFrom(record.value());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean isOfScene(byte[] window) {
    try {
      return Window.parseFrom(window).getScene().equals(scene);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void oneTraceCrossesTheService() throws Exception {
    String trace = UUID.randomUUID().toString().replace("-", "");
    send(capture().getFirst(), trace);

    ConsumerRecord<String, byte[]> update =
        read("scene-updates", r -> scene.equals(r.key()), 1).getFirst();
    String traceparent = new String(update.headers().lastHeader("traceparent").value(), UTF_8);
    assertThat(traceparent).startsWith("00-" + trace).doesNotContain("00f067aa0ba902b7");
  }

  private List<ReconstructionRecord> capture() {
    return Records.of(scene, new RoomCapture("c", 10, 4, 1, 0, 1), objects);
  }

  private RecordMetadata send(ReconstructionRecord record, String trace) throws Exception {
    ProducerRecord<String, byte[]> message =
        new ProducerRecord<>("reconstructions", scene, record.toByteArray());
    if (trace != null) {
      message
          .headers()
          .add("traceparent", "00-%s-00f067aa0ba902b7-01".formatted(trace).getBytes(UTF_8));
    }
    return producer.send(message).get();
  }

  private List<ConsumerRecord<String, byte[]>> read(
      String topic, Predicate<ConsumerRecord<String, byte[]>> wanted, int count) {
    List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(r -> found.add(r));
                found.removeIf(wanted.negate());
                return found.size() >= count;
              });
    }
    return found;
  }
}
