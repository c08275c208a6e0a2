package io.lite3r.reconstruction.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.StoredObject;
import io.lite3r.reconstruction.engine.EngineCache;
import io.lite3r.reconstruction.engine.EngineKey;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.SubmapObject;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.UnreconstructableReason;
import io.lite3r.schemas.v1.Window;
import io.lite3r.schemas.v1.WindowPurpose;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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
class WindowStageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String broker;

  @ConfigProperty(name = "mp.messaging.incoming.windows-in.group.id")
  String group;

  @TestHTTPResource("/metrics")
  URI metrics;

  @Inject ObjectStore objects;
  @Inject GatedModel model;

  private final String scene = "scene-" + UUID.randomUUID();
  private KafkaProducer<String, byte[]> producer;
  private Admin admin;

  @BeforeEach
  void open() {
    producer = new KafkaProducer<>(properties(), new StringSerializer(), new ByteArraySerializer());
    admin = Admin.create(properties());
  }

  @AfterEach
  void close() {
    producer.close();
    admin.close();
  }

  @Test
  void aWindowBecomesAReconstructionWhoseDepthIsInTheStore() throws Exception {
    Window window = Windows.of(scene, 0, 4);

    send(window);
    Reconstruction outcome = outcomes(1).getFirst();

    assertThat(outcome.getWindowId()).isEqualTo(window.getId());
    assertThat(outcome.getModelId()).isEqualTo("lite3r-tiny");
    assertThat(outcome.getOutcomeKey()).hasSize(64);
    assertThat(outcome.getSourcesList())
        .extracting(s -> s.getSourceName())
        .containsExactly("0000.jpg", "0001.jpg", "0002.jpg", "0003.jpg");
    assertThat(outcome.getReconstructed().getViewsCount()).isEqualTo(4);
    var second = outcome.getReconstructed().getViews(1);
    assertThat(second.getSubmapFromCamera().getTx()).isCloseTo(.1, within(1e-6));
    assertThat(second.getIntrinsics().getFx()).isCloseTo(.9 * 128, within(1e-3));
    assertThat(second.getOriginalFromDepth().getM00()).isCloseTo(5, within(1e-12));
    SubmapObject submap = SubmapObject.decode(objects.get(outcome.getReconstructed().getSubmap()));
    assertThat(submap.width()).isEqualTo(128);
    // The tiny model's plane: 1 / (0.5 + 0.2 v), moved by at most one per cent.
    assertThat(submap.views().get(3).depth()[0]).isCloseTo(1 / .3f, within(.06f));
  }

  @Test
  void theSameWindowAgainGivesTheStoredOutcomeToTheLastBit() throws Exception {
    send(Windows.of(scene, 0, 3));
    Reconstruction first = outcomes(1).getFirst();

    send(Windows.of(scene, 0, 3));
    List<Reconstruction> both = outcomes(2);

    assertThat(both.get(1)).isEqualTo(first);
    assertThat(objects.list("submaps/" + scene + "/")).hasSize(1);
    assertThat(objects.list("outcomes/" + scene + "/")).hasSize(1);
  }

  @Test
  void anOutcomeSaysWhatItsWindowIsFor() throws Exception {
    send(
        Windows.of(scene, 0, 3).toBuilder()
            .setPurpose(WindowPurpose.WINDOW_PURPOSE_VERIFICATION)
            .build());

    assertThat(outcomes(1).getFirst().getPurpose())
        .isEqualTo(WindowPurpose.WINDOW_PURPOSE_VERIFICATION);
  }

  @Test
  void windowsThatCannotBeReconstructedEndInAnOutcomeWithTheReason() throws Exception {
    Window broken = Windows.of(scene, 1, 3);
    Window.Builder truncated = broken.toBuilder();
    ByteString jpeg = broken.getViews(1).getView().getJpeg();
    truncated.getViewsBuilder(1).getViewBuilder().setJpeg(jpeg.substring(0, jpeg.size() / 2));

    send(Windows.of(scene, 0, 1));
    send(truncated.build());
    send(Windows.of(scene, 2, 17));
    send(Windows.of(scene, 3, 3));

    assertThat(outcomes(4))
        .extracting(o -> o.getWindowNumber() + " " + o.getUnreconstructable().getReason())
        .containsExactlyInAnyOrder(
            "0 " + UnreconstructableReason.UNRECONSTRUCTABLE_REASON_TOO_FEW_VIEWS,
            "1 " + UnreconstructableReason.UNRECONSTRUCTABLE_REASON_UNREADABLE_VIEW,
            "2 " + UnreconstructableReason.UNRECONSTRUCTABLE_REASON_TOO_MANY_VIEWS,
            "3 " + UnreconstructableReason.UNRECONSTRUCTABLE_REASON_UNSPECIFIED);
  }

  @Test
  void aRecordThatIsNoWindowIsSetAsideUntouchedAndTheNextIsDone() throws Exception {
    byte[] garbage = ("no window of " + scene).getBytes(UTF_8);
    producer.send(new ProducerRecord<>("windows", scene, garbage)).get();
    send(Windows.of(scene, 0, 2));

    assertThat(outcomes(1)).hasSize(1);
    ConsumerRecord<String, byte[]> letter =
        read("dead-letters", r -> new String(r.value(), UTF_8).endsWith(scene), 1).getFirst();
    assertThat(letter.value()).isEqualTo(garbage);
    assertThat(letter.key()).isEqualTo(scene);
    DeadLetter why = DeadLetter.of(letter.headers());
    assertThat(why.stage()).isEqualTo("reconstruction");
    assertThat(why.reason()).isEqualTo("undecodable");
    assertThat(why.origin()).matches("windows-\\d@\\d+");
    assertThat(metrics()).contains("lite3r_dead_letters_total{");
  }

  @Test
  void oneTraceCrossesTheService() throws Exception {
    String trace = UUID.randomUUID().toString().replace("-", "");
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>("windows", scene, Windows.of(scene, 0, 2).toByteArray());
    record
        .headers()
        .add("traceparent", "00-%s-00f067aa0ba902b7-01".formatted(trace).getBytes(UTF_8));
    producer.send(record).get();

    ConsumerRecord<String, byte[]> out =
        read("reconstructions", r -> scene.equals(r.key()), 1).getFirst();

    String traceparent = new String(out.headers().lastHeader("traceparent").value(), UTF_8);
    assertThat(traceparent).startsWith("00-" + trace).doesNotContain("00f067aa0ba902b7");
  }

  /**
   * While a window is in hand, commits of other partitions go on and its own does not move: whoever
   * commits what it has fetched, or acknowledges before the work, has committed it by then.
   */
  @Test
  void offsetsAreCommittedAfterTheOutcome() throws Exception {
    TopicPartition held = new TopicPartition("windows", 0);
    TopicPartition other = new TopicPartition("windows", 1);
    long window;
    try (GatedModel.Gate gate = model.shut()) {
      window = send(held, Windows.of(scene, 0, 2).toByteArray());
      await("the window in hand").atMost(PATIENCE).until(gate::holdsOne);
      long garbage = send(other, ("no window of " + scene).getBytes(UTF_8));
      await("a commit of what came later")
          .atMost(PATIENCE)
          .until(() -> committed().getOrDefault(other, 0L) > garbage);

      assertThat(committed().getOrDefault(held, 0L))
          .as("committed while the window at %d is in hand", window)
          .isLessThanOrEqualTo(window);
      assertThat(objects.list("outcomes/" + scene + "/")).isEmpty();
    }
    assertThat(outcomes(1)).hasSize(1);
    await("the window's own commit")
        .atMost(PATIENCE)
        .until(() -> committed().getOrDefault(held, 0L) > window);
  }

  @Test
  void aSceneWithManyWindowsWaitingDoesNotStarveOneWithTwo() throws Exception {
    int many = 40;
    String small = scene + "-small";
    try (GatedModel.Gate gate = model.shut()) {
      for (int i = 0; i < many; i++) {
        send(Windows.of(scene, i, 2));
      }
      send(Windows.of(small, 0, 2));
      send(Windows.of(small, 1, 2));
      await("all but those in hand to wait in the queue")
          .atMost(PATIENCE)
          .until(() -> gate.holdsOne() && metric("lite3r_reconstruction_queue{") >= many - 1);
    }
    List<Reconstruction> large = outcomes(many);
    long smallDone =
        read("reconstructions", r -> small.equals(r.key()), 2).stream()
            .mapToLong(r -> outcome(r).getFinishedAtNs())
            .max()
            .orElseThrow();

    assertThat(large)
        .filteredOn(o -> o.getFinishedAtNs() < smallDone)
        .as("windows of the large scene that were done before the small scene's second")
        .hasSizeLessThan(many / 2);
  }

  @Test
  void aWindowWithoutMemoryIsTriedAgainAloneAndOnlyThenEndsForThatReason() throws Exception {
    model.starve(1);
    send(Windows.of(scene, 0, 2));
    assertThat(outcomes(1).getFirst().hasReconstructed()).isTrue();
    assertThat(metric("lite3r_reconstruction_alone_total{")).isPositive();

    model.starve(2);
    send(Windows.of(scene, 1, 2));
    assertThat(outcomes(2).getLast().getUnreconstructable().getReason())
        .isEqualTo(UnreconstructableReason.UNRECONSTRUCTABLE_REASON_OUT_OF_MEMORY);
  }

  @Test
  void prometheusSeesWhatWasDone() throws Exception {
    send(Windows.of(scene, 0, 2));
    outcomes(1);

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                metrics()
                    .contains(
                        "lite3r_reconstruction_windows_total{otel_scope_name=\"lite3r\",outcome=\"reconstructed\"}"));
    assertThat(metrics())
        .contains("lite3r_reconstruction_inference_duration_seconds_count")
        .contains("lite3r_reconstruction_window_duration_seconds_count");
  }

  @Test
  void enginesAreKeptInTheStoreAndDamagedOnesReplaced() {
    EngineKey key = new EngineKey(scene, "a GPU", "10.6.0", new Bucket(96, 128), 8);
    List<String> built = new ArrayList<>();
    EngineCache cache =
        new EngineCache(
            new EngineObjects(objects),
            wanted -> {
              built.add(wanted.gpu());
              return "engine".getBytes(UTF_8);
            });

    assertThat(cache.obtain(key).origin()).isEqualTo(EngineCache.Origin.BUILT_FIRST);
    assertThat(cache.obtain(key).origin()).isEqualTo(EngineCache.Origin.KEPT);
    StoredObject kept = objects.get(key.objectKey()).orElseThrow();
    byte[] damaged = kept.bytes();
    damaged[damaged.length - 1] ^= 1;
    objects.compareAndSwap(key.objectKey(), damaged, "application/octet-stream", kept.etag());
    assertThat(cache.obtain(key).origin()).isEqualTo(EngineCache.Origin.BUILT_AGAIN);
    assertThat(cache.obtain(key))
        .satisfies(
            engine -> assertThat(engine.origin()).isEqualTo(EngineCache.Origin.KEPT),
            engine -> assertThat(engine.bytes()).isEqualTo("engine".getBytes(UTF_8)));
    assertThat(built).hasSize(2);
  }

  private double metric(String beginning) {
    return metrics()
        .lines()
        .filter(line -> line.startsWith(beginning))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(0);
  }

  private static Reconstruction outcome(ConsumerRecord<String, byte[]> record) {
    try {
      return ReconstructionRecord.parseFrom(record.value()).getReconstruction();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private long send(TopicPartition partition, byte[] value) throws Exception {
    return producer
        .send(new ProducerRecord<>(partition.topic(), partition.partition(), scene, value))
        .get()
        .offset();
  }

  /** What the service has committed, by partition. */
  private Map<TopicPartition, Long> committed() throws Exception {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    admin
        .listConsumerGroupOffsets(group)
        .partitionsToOffsetAndMetadata()
        .get()
        .forEach((partition, at) -> offsets.put(partition, at == null ? 0 : at.offset()));
    return offsets;
  }

  private void send(Window window) throws Exception {
    producer.send(new ProducerRecord<>("windows", window.getId(), window.toByteArray())).get();
  }

  private List<Reconstruction> outcomes(int count) throws InvalidProtocolBufferException {
    List<Reconstruction> outcomes = new ArrayList<>();
    for (var record : read("reconstructions", r -> scene.equals(r.key()), count)) {
      outcomes.add(ReconstructionRecord.parseFrom(record.value()).getReconstruction());
    }
    return outcomes;
  }

  /** The first records of the topic that match, in the order they were found. */
  private List<ConsumerRecord<String, byte[]>> read(
      String topic, Predicate<ConsumerRecord<String, byte[]>> wanted, int count) {
    List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
    Instant deadline = Instant.now().plus(PATIENCE);
    try (KafkaConsumer<String, byte[]> consumer = consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (found.size() < count) {
        assertThat(Instant.now())
            .as("%d of %d records found on %s", found.size(), count, topic)
            .isBefore(deadline);
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(
                r -> {
                  if (wanted.test(r)) {
                    found.add(r);
                  }
                });
      }
    }
    return found;
  }

  private KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(properties(), new StringDeserializer(), new ByteArrayDeserializer());
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", broker);
    return properties;
  }

  private String metrics() {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
