package io.lite3r.console.edge;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.imaging.ImageHeader;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.RejectionReason;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** The read side over a real broker, a real S3 server and real HTTP. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ConsoleApiTest {
  @TestHTTPResource("/")
  URI console;

  @Inject ObjectStore store;

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String kafka;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aPublishedSceneIsListedWithItsCountsFreshnessAndReasons() {
    try (Room room = new Room("api-counts", store, kafka)) {
      room.publish(Room.RED, 2);
      room.fused("left", 0);
      room.fused("left", 0);
      room.fused("right", 0);
      room.rejected("left", 1, RejectionReason.REJECTION_REASON_LATE, "windowing", "1.4 s late");
      room.rejected(
          "left", -1, RejectionReason.REJECTION_REASON_TRUNCATED, "capture", "no end marker");

      await()
          .atMost(20, SECONDS)
          .untilAsserted(
              () -> {
                JsonNode scene = json("/api/scenes/api-counts");
                assertThat(scene.at("/version").asLong()).isEqualTo(1);
                assertThat(scene.at("/counts/fused").asLong()).isEqualTo(2);
                assertThat(scene.at("/counts/rejected").asLong()).isEqualTo(1);
                assertThat(scene.at("/counts/refused").asLong()).isEqualTo(1);
              });

      JsonNode scene = json("/api/scenes/api-counts");
      assertThat(scene.at("/counts/rejected_by_reason/late").asLong()).isEqualTo(1);
      assertThat(scene.at("/freshness/last_ms").asLong()).isBetween(1900L, 2500L);
      assertThat(scene.at("/rejections/0/detail").asText()).isEqualTo("no end marker");
      assertThat(json("/api/scenes").findValuesAsText("scene")).contains("api-counts");
    }
  }

  @Test
  void manifestTilesAndTrajectoryAreServedAsStored() throws Exception {
    try (Room room = new Room("api-objects", store, kafka)) {
      String digest = room.publish(Room.RED, 2);
      awaitVersion("api-objects", 1);

      JsonNode served = json("/api/scenes/api-objects/manifest");
      assertThat(served.at("/digest").asText()).isEqualTo(digest);
      String sha256 = served.at("/tiles/0/mesh/sha256").asText();
      var tile = bytes("/api/scenes/api-objects/tiles/" + sha256 + ".glb");
      assertThat(Sha256.hex(tile.body())).isEqualTo(sha256);
      assertThat(tile.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
      assertThat(tile.headers().firstValue("Content-Type")).contains("model/gltf-binary");

      String named = json("/api/scenes/api-objects/tiles/tileset.json").at("/named").asText();
      assertThat(bytes("/api/scenes/api-objects/tiles/" + named).body()).isEqualTo(tile.body());

      JsonNode left = json("/api/scenes/api-objects/trajectory").at("/cameras/0");
      assertThat(left.at("/camera").asText()).isEqualTo("left");
      assertThat(left.at("/frames")).hasSize(2);
      assertThat(left.at("/frames/1/T_scene_camera/3").asDouble()).isEqualTo(-0.5);
      assertThat(left.at("/frames/1/K/0").asDouble()).isEqualTo(500);

      String tag =
          get("/api/scenes/api-objects/manifest").headers().firstValue("ETag").orElseThrow();
      HttpRequest again =
          HttpRequest.newBuilder(console.resolve("/api/scenes/api-objects/manifest"))
              .header("If-None-Match", tag)
              .build();
      assertThat(http.send(again, BodyHandlers.ofString()).statusCode()).isEqualTo(304);
    }
  }

  @Test
  void aFrameIsShownSmallFromTheOriginalThatCaptureKeeps() throws Exception {
    RgbImage original = new RgbImage(1280, 720, new byte[3 * 1280 * 720]);
    store.putIfAbsent(
        "originals/api-photo/run-1/left/4", JpegWriter.encode(original, 0.9), "image/jpeg");

    var small = bytes("/api/scenes/api-photo/frames/run-1/left/4/thumbnail.jpg");

    ImageHeader header = ImageHeader.read(small.body());
    assertThat(header.width()).isEqualTo(320);
    assertThat(header.height()).isEqualTo(180);
    problem("/api/scenes/api-photo/frames/run-1/left/5/thumbnail.jpg", 404, "policy");
    problem("/api/scenes/api-photo/frames/run-1/..%2F..%2F/4/thumbnail.jpg", 400, "letters");
  }

  @Test
  void whatIsNotThereOrNotAllowedIsAProblemThatNamesTheCure() throws Exception {
    problem("/api/scenes/nowhere", 404, "/api/scenes lists");
    problem("/api/scenes/nowhere/manifest", 404, "no version yet");
    problem("/api/scenes/..%2Fsecrets", 400, "a-z, 0-9");
    problem("/api/scenes/nowhere/tiles/" + "0".repeat(64) + ".glb", 404, "no such tile");
    problem("/api/scenes/nowhere/tiles/..%2F..%2Fhead.json.glb", 400, "SHA-256");
  }

  @Test
  void aRecordThatCannotBeReadIsPutAsideUntouchedAndTheNextOneIsShown() {
    try (Room room = new Room("api-dead", store, kafka)) {
      byte[] noMessage = {(byte) 0xff, 1, 2, 3};
      room.send(Topics.SCENE_UPDATES, noMessage);
      room.publish(Room.RED, 1);

      awaitVersion("api-dead", 1);
      ConsumerRecord<String, byte[]> letter = first(Topics.DEAD_LETTERS, "api-dead");
      assertThat(letter.value()).isEqualTo(noMessage);
      assertThat(DeadLetter.of(letter.headers()).stage()).isEqualTo("console");
      assertThat(DeadLetter.of(letter.headers()).origin()).startsWith("scene-updates-");
    }
  }

  @Test
  void forgettingASceneAsksFusionAndTheSceneStaysUntilFusionHasDoneIt() throws Exception {
    try (Room room = new Room("api-forget", store, kafka)) {
      room.publish(Room.RED, 1);
      awaitVersion("api-forget", 1);

      HttpRequest delete =
          HttpRequest.newBuilder(console.resolve("/api/scenes/api-forget")).DELETE().build();
      assertThat(http.send(delete, BodyHandlers.ofString()).statusCode()).isEqualTo(202);

      var request =
          ReconstructionRecord.parseFrom(first(Topics.RECONSTRUCTIONS, "api-forget").value());
      assertThat(request.getSceneDeletion().getScene()).isEqualTo("api-forget");
      assertThat(json("/api/scenes/api-forget").at("/deleting").asBoolean()).isTrue();
      room.deleted();
      await().atMost(10, SECONDS).until(() -> get("/api/scenes/api-forget").statusCode() == 404);
    }
  }

  @Test
  void oldVersionsAreListedComparedAndGoneBackTo() throws Exception {
    try (Room room = new Room("api-history", store, kafka)) {
      room.publish(Room.RED, 2);
      room.publish(Room.GREEN, 3);
      awaitVersion("api-history", 2);

      JsonNode versions = json("/api/scenes/api-history/versions").at("/versions");
      assertThat(versions.findValuesAsText("version")).containsExactly("2", "1");
      assertThat(versions.at("/1/frames").asLong()).isEqualTo(4);
      assertThat(versions.at("/0/published_at_ms").asLong())
          .isCloseTo(System.currentTimeMillis(), within(60_000L));

      JsonNode comparison = json("/api/scenes/api-history/comparison?from=1");
      assertThat(comparison.at("/same_content").asBoolean()).isFalse();
      assertThat(comparison.at("/tiles/changed").toString()).isEqualTo("[\"0_0_1\"]");
      assertThat(comparison.at("/tiles/same").asInt()).isEqualTo(2);
      assertThat(comparison.at("/frames/added").toString())
          .isEqualTo("[\"run-1/left/2\",\"run-1/right/2\"]");
      assertThat(
              json("/api/scenes/api-history/comparison?from=2&to=2")
                  .at("/same_content")
                  .asBoolean())
          .isTrue();

      assertThat(post("/api/scenes/api-history/rollback?version=1").statusCode()).isEqualTo(202);
      var request =
          ReconstructionRecord.parseFrom(first(Topics.RECONSTRUCTIONS, "api-history").value())
              .getSceneRollback();
      assertThat(request.getVersion()).isEqualTo(1);
      assertThat(get("/api/scenes/api-history/manifest?version=1").headers().firstValue("ETag"))
          .hasValue("\"" + request.getManifestSha256() + "\"");
      assertThat(post("/api/scenes/api-history/rollback?version=9").body()).contains("not kept");
      assertThat(post("/api/scenes/api-history/rollback").statusCode()).isEqualTo(400);
      problem("/api/scenes/api-history/comparison", 400, "from=N");
      problem("/api/scenes/nowhere/versions", 404, "no version yet");
    }
  }

  private HttpResponse<String> post(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(console.resolve(path))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void aViewerGetsEverythingOnceAndThenWhatChanges() throws Exception {
    try (Room room = new Room("api-live", store, kafka)) {
      HttpRequest ask = HttpRequest.newBuilder(console.resolve("/api/events")).build();
      var stream = http.send(ask, BodyHandlers.ofInputStream()).body();
      try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        assertThat(nextEvent(lines).at("/type").asText()).isEqualTo("snapshot");
        room.publish(Room.RED, 1);

        List<String> types = new ArrayList<>();
        JsonNode event = nextEvent(lines);
        while (!event.at("/scene/scene").asText().equals("api-live") || !types.contains("health")) {
          types.add(event.at("/type").asText());
          event = nextEvent(lines);
        }

        assertThat(types).contains("health");
      }
    }
  }

  @Test
  void healthNamesEveryStageAndSeesFramesThatWait() {
    try (Room room = new Room("api-health", store, kafka)) {
      room.send(Topics.FRAMES, new byte[] {1});

      await()
          .atMost(10, SECONDS)
          .until(() -> json("/api/health").at("/stages/1/lag").asLong() == 1);

      JsonNode health = json("/api/health");
      assertThat(health.at("/broker").asText()).isEqualTo("reachable");
      assertThat(health.at("/stages").findValuesAsText("stage"))
          .containsExactly("capture", "windowing", "reconstruction", "fusion", "scene");
    }
  }

  private JsonNode nextEvent(BufferedReader lines) throws Exception {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("data:")) {
        return new ObjectMapper().readTree(line.substring("data:".length()));
      }
    }
    throw new AssertionError("the stream of events ended");
  }

  private void problem(String path, int status, String cure) throws Exception {
    var response = get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    assertThat(new ObjectMapper().readTree(response.body()).at("/detail").asText()).contains(cure);
  }

  private void awaitVersion(String scene, long version) {
    await()
        .atMost(20, SECONDS)
        .until(() -> json("/api/scenes/" + scene).at("/version").asLong() == version);
  }

  private ConsumerRecord<String, byte[]> first(String topic, String key) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", kafka, "group.id", "test-" + key, "auto.offset.reset", "earliest");
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      long deadline = System.nanoTime() + SECONDS.toNanos(20);
      while (System.nanoTime() < deadline) {
        for (var message : consumer.poll(Duration.ofMillis(200))) {
          if (key.equals(message.key())) {
            return message;
          }
        }
      }
      throw new AssertionError("no record of " + key + " on " + topic);
    }
  }

  private JsonNode json(String path) {
    try {
      return new ObjectMapper().readTree(get(path).body());
    } catch (Exception e) {
      throw new AssertionError(path, e);
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(console.resolve(path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<byte[]> bytes(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(console.resolve(path)).build(), BodyHandlers.ofByteArray());
  }
}
