package io.lite3r.capture.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.capture.FrameParameters;
import io.lite3r.capture.Pictures;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.v1.Frame;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.FrameRecord;
import io.lite3r.schemas.v1.RejectionReason;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedStack.class)
class FrameResourceTest {
  private static final byte[] JPEG = Pictures.jpeg(800, 600, 1);

  private final HttpClient http = HttpClient.newHttpClient();
  @TestHTTPResource URI server;
  @Inject ObjectStore objects;
  @Inject FrameIntake intake;

  @Test
  void anAcceptedFrameIsStoredAndOnTheTopic() throws Exception {
    HttpResponse<String> response =
        post(
            "s-accepted/captures/flight/cameras/a/frames",
            "sequence=3&timestamp=12.5&fx=700&fy=700&cx=400&cy=300&k1=0.1&rig=b,a",
            JPEG);

    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(json(response).get("duplicate").asBoolean()).isFalse();
    ConsumerRecord<String, byte[]> record = TopicTail.await("frames", "s-accepted", 1).getFirst();
    Frame frame = FrameRecord.parseFrom(record.value()).getFrame();
    assertThat(frame.getId().getSequence()).isEqualTo(3);
    assertThat(frame.getCaptureTimeNs()).isEqualTo(12_500_000_000L);
    assertThat(frame.getRigCamerasList()).containsExactly("a", "b");
    assertThat(frame.getIntrinsics().getWidth()).isEqualTo(800);
    assertThat(frame.getIntrinsics().getDistortionList()).containsExactly(0.1, 0.0, 0.0, 0.0);
    assertThat(frame.getView().getWidth()).isEqualTo(640);
    assertThat(frame.getView().getHeight()).isEqualTo(480);
    assertThat(frame.getView().getOriginalFromView().getM00()).isEqualTo(1.25);
    assertThat(objects.get(frame.getOriginal())).isEqualTo(JPEG);
    assertThat(frame.getOriginal().getKey()).isEqualTo("originals/s-accepted/flight/a/3");
    assertThat(record.headers().lastHeader("traceparent")).isNotNull();
  }

  @Test
  void theSameFrameAgainHasNoSecondEffect() throws Exception {
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> response =
          post("s-twice/captures/flight/cameras/a/frames", "sequence=0", JPEG);
      assertThat(response.statusCode()).isEqualTo(202);
      assertThat(json(response).get("duplicate").asBoolean()).isEqualTo(i > 0);
    }

    assertThat(TopicTail.await("frames", "s-twice", 1)).hasSize(1);
  }

  @Test
  void aCamerasFramesArePublishedInTheOrderInWhichTheyCame() throws Exception {
    // Large and small in turn, all under way at once: preparation alone would reorder them.
    List<CompletableFuture<?>> receipts = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      byte[] image = i % 2 == 0 ? Pictures.jpeg(1600, 1200, i) : Pictures.jpeg(64, 48, i);
      Map<String, List<String>> query = Map.of("sequence", List.of(Integer.toString(i)));
      receipts.add(
          intake.accept(FrameParameters.frame("s-order", "flight", "a", query), image, "test"));
    }
    receipts.forEach(CompletableFuture::join);

    assertThat(TopicTail.await("frames", "s-order", 12))
        .extracting(record -> parsed(record).getFrame().getId().getSequence())
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
  }

  @Test
  void theEndOfACameraIsARecordBehindItsFrames() throws Exception {
    post("s-end/captures/flight/cameras/a/frames", "sequence=7", JPEG);

    assertThat(post("s-end/captures/flight/cameras/a/end", "rig=a,b", new byte[0]).statusCode())
        .isEqualTo(202);

    FrameRecord last = FrameRecord.parseFrom(TopicTail.await("frames", "s-end", 2).get(1).value());
    assertThat(last.getEnd().getLastSequence()).isEqualTo(7);
    assertThat(last.getEnd().getRigCamerasList()).containsExactly("a", "b");
  }

  @Test
  void aFrameOverHttpIsOfALiveCamera() throws Exception {
    post("s-live/captures/flight/cameras/a/frames", "sequence=0&rig=a,b", JPEG);

    assertThat(parsed(TopicTail.await("frames", "s-live", 1).getFirst()).getFrame().getLive())
        .isTrue();
  }

  @Test
  void everyKindOfBadFrameIsRefusedByNameAndSetAsideWhole() throws Exception {
    byte[] half = Arrays.copyOf(JPEG, JPEG.length / 2);
    byte[] forged = JPEG.clone();
    int size = sizeOffset(forged);
    Arrays.fill(forged, size, size + 4, (byte) 0xff);
    byte[] corrupt = half.clone();
    corrupt[corrupt.length - 2] = (byte) 0xff;
    corrupt[corrupt.length - 1] = (byte) 0xd9;
    List<Bad> all =
        List.of(
            new Bad("sequence=0", "no image".getBytes(UTF_8), 415, "UNSUPPORTED_MEDIA"),
            new Bad("sequence=0", new byte[0], 415, "UNSUPPORTED_MEDIA"),
            new Bad("sequence=0", half, 422, "TRUNCATED"),
            new Bad("sequence=0", forged, 422, "BAD_DIMENSIONS"),
            new Bad("sequence=0", corrupt, 422, "UNDECODABLE"),
            new Bad("sequence=0&fx=700", JPEG, 400, "BAD_INTRINSICS"),
            new Bad("sequence=0&fx=-7&fy=7&cx=1&cy=1", JPEG, 400, "BAD_INTRINSICS"),
            new Bad("sequence=0&fx=700&fy=700&cx=4000&cy=300", JPEG, 400, "BAD_INTRINSICS"),
            new Bad("sequence=0&tiemstamp=3", JPEG, 400, "BAD_PARAMETER"),
            new Bad("sequence=-4", JPEG, 400, "BAD_PARAMETER"));

    for (int i = 0; i < all.size(); i++) {
      isAnsweredByName("bad-" + i, all.get(i));
    }
    areSetAsideWhole(all);
  }

  /** A request that must be refused, and how. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Bad(String query, byte[] body, int status, String reason) {}

  @Test
  void aBodyOverTheLimitIsRefusedByNameAndItsBeginningIsKept() throws Exception {
    HttpResponse<String> response =
        post("s-long/captures/flight/cameras/a/frames", "sequence=0", new byte[5_000_000]);

    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(json(response).get("detail").asText()).contains("2000000 bytes");
    assertThat(TopicTail.await("dead-letters", "s-long", 1).getFirst().value()).hasSize(65_536);
  }

  @Test
  void aBodyOverTheFrameworksOwnLimitIsRefusedAsAnyOther() throws Exception {
    String answer = answerTo("s-announced", "Content-Length: 300000000", 30_000_000);

    assertThat(answer).contains("HTTP/1.1 413", "application/problem+json", "2000000 bytes");
    refusedAsTooLarge("s-announced");
  }

  @Test
  void aBodyWithoutEndIsRefusedWhileItIsRead() throws Exception {
    String answer = answerTo("s-endless", "Transfer-Encoding: chunked", Integer.MAX_VALUE);

    assertThat(answer).contains("HTTP/1.1 413", "application/problem+json", "2000000 bytes");
    refusedAsTooLarge("s-endless");
  }

  private void refusedAsTooLarge(String scene) throws InvalidProtocolBufferException {
    FrameOutcome outcome =
        FrameOutcome.parseFrom(TopicTail.await("frame-outcomes", scene, 1).getFirst().value());
    assertThat(outcome.getRejected().getReason())
        .isEqualTo(RejectionReason.REJECTION_REASON_TOO_LARGE);
    assertThat(TopicTail.await("dead-letters", scene, 1).getFirst().value()).hasSize(65_536);
  }

  /** Sends beside reading, as who wants to hear a refusal must, and gives what came back. */
  private String answerTo(String scene, String length, int mostBytes) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(60_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST /v1/scenes/%s/captures/flight/cameras/a/frames?sequence=0 HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n"
              .formatted(scene, length)
              .getBytes(UTF_8));
      Thread.ofVirtual().start(() -> send(out, length.endsWith("chunked"), mostBytes));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      byte[] buffer = new byte[4096];
      while (!answer.toString(UTF_8).contains("}")) {
        int read = socket.getInputStream().read(buffer);
        if (read < 0) {
          break;
        }
        answer.write(buffer, 0, read);
      }
      return answer.toString(UTF_8);
    }
  }

  /** Until it has sent so much, or nobody takes any more: then the other side closes. */
  private static void send(OutputStream out, boolean chunked, int mostBytes) {
    byte[] part = new byte[1 << 16];
    try {
      for (long sent = 0; sent < mostBytes; sent += part.length) {
        if (chunked) {
          out.write((Integer.toHexString(part.length) + "\r\n").getBytes(UTF_8));
        }
        out.write(part);
        if (chunked) {
          out.write("\r\n".getBytes(UTF_8));
        }
      }
    } catch (IOException closed) {
      // It was answered while this side was still sending.
    }
  }

  @Test
  void theSameIdWithOtherBytesIsRefusedAndTheFirstStays() throws Exception {
    post("s-conflict/captures/flight/cameras/a/frames", "sequence=0", JPEG);

    HttpResponse<String> response =
        post("s-conflict/captures/flight/cameras/a/frames", "sequence=0", Pictures.jpeg(80, 60, 9));

    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(json(response).get("type").asText()).isEqualTo("urn:lite3r:problem:id_conflict");
    assertThat(objects.get("originals/s-conflict/flight/a/0").orElseThrow().bytes())
        .isEqualTo(JPEG);
    FrameOutcome outcome =
        FrameOutcome.parseFrom(
            TopicTail.await("frame-outcomes", "s-conflict", 1).getFirst().value());
    assertThat(outcome.getFrame().getSequence()).isEqualTo(-1);
    assertThat(TopicTail.await("frames", "s-conflict", 1)).hasSize(1);
  }

  @Test
  void aBadSceneNameReachesNoOutcomeTopic() throws Exception {
    HttpResponse<String> response =
        post("Bad_Scene/captures/flight/cameras/a/frames", "sequence=0", JPEG);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).get("detail").asText()).contains("scene 'Bad_Scene'");
  }

  @Test
  void refusalsAreCountedByReason() throws Exception {
    post("s-counted/captures/flight/cameras/a/frames", "sequence=0", Arrays.copyOf(JPEG, 3000));

    HttpResponse<String> metrics =
        http.send(
            HttpRequest.newBuilder(server.resolve("/metrics")).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(metrics.body())
        .containsPattern("lite3r_capture_frames_rejected\\w*\\{[^}]*reason=\"truncated\"");
  }

  private void isAnsweredByName(String scene, Bad bad) throws IOException, InterruptedException {
    HttpResponse<String> response =
        post(scene + "/captures/flight/cameras/a/frames", bad.query, bad.body);

    assertThat(response.statusCode()).as(scene).isEqualTo(bad.status);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    assertThat(json(response).get("detail").asText()).matches("(?s).+\\. .+");
  }

  /** Scene {@code bad-i} is of the i-th; each topic is read once for all. */
  private static void areSetAsideWhole(List<Bad> all) throws InvalidProtocolBufferException {
    Map<String, ConsumerRecord<String, byte[]>> outcomes = byScene("frame-outcomes", all.size());
    Map<String, ConsumerRecord<String, byte[]>> letters = byScene("dead-letters", all.size());
    assertThat(byScene("frames", 0)).isEmpty();
    for (int i = 0; i < all.size(); i++) {
      String scene = "bad-" + i;
      FrameOutcome outcome = FrameOutcome.parseFrom(outcomes.get(scene).value());
      assertThat(outcome.getRejected().getReason())
          .as(scene)
          .isEqualTo(RejectionReason.valueOf("REJECTION_REASON_" + all.get(i).reason));
      assertThat(outcome.getRejected().getStage()).isEqualTo("capture");
      ConsumerRecord<String, byte[]> dead = letters.get(scene);
      assertThat(dead.value()).as(scene).isEqualTo(all.get(i).body);
      assertThat(DeadLetter.of(dead.headers()).origin()).isEqualTo("http");
    }
  }

  /** The one record of each scene {@code bad-...}. */
  private static Map<String, ConsumerRecord<String, byte[]>> byScene(String topic, int count) {
    return TopicTail.await(topic, r -> r.key() != null && r.key().startsWith("bad-"), count)
        .stream()
        .collect(Collectors.toMap(ConsumerRecord::key, record -> record));
  }

  private HttpResponse<String> post(String path, String query, byte[] body)
      throws IOException, InterruptedException {
    URI uri = server.resolve("/v1/scenes/" + path + "?" + query);
    return http.send(
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "image/jpeg")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static FrameRecord parsed(ConsumerRecord<String, byte[]> record) {
    try {
      return FrameRecord.parseFrom(record.value());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return new ObjectMapper().readTree(response.body());
  }

  private static int sizeOffset(byte[] jpeg) {
    for (int i = 2; ; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
        return i + 5;
      }
    }
  }
}
