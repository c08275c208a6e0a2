package io.lite3r.tests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.schemas.v1.FrameId;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The cameras of one capture: they post their images over HTTP, keep trying as a real camera would
 * while the service is away, and write down what was accepted and what was refused. This is the
 * ledger that the audit starts from.
 */
final class TestCameras {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final URI service;
  private final String scene;
  private final String capture;
  private final List<String> rig;
  private final Map<FrameId, String> accepted = new LinkedHashMap<>();
  private final List<Refusal> refused = new ArrayList<>();
  private int retries;

  /** An image that was refused, and the problem+json that said why. */
  record Refusal(Shot shot, int status, String contentType, JsonNode problem) {}

  /**
   * @param rig all cameras, stated with every image so that no instant closes without one
   */
  TestCameras(URI service, String scene, String capture, List<String> rig) {
    this.service = service;
    this.scene = scene;
    this.capture = capture;
    this.rig = List.copyOf(rig);
  }

  String scene() {
    return scene;
  }

  String capture() {
    return capture;
  }

  /** Ids of frames answered with 202, and the SHA-256 of what was sent. */
  synchronized Map<FrameId, String> accepted() {
    return new LinkedHashMap<>(accepted);
  }

  synchronized List<Refusal> refused() {
    return List.copyOf(refused);
  }

  synchronized int retries() {
    return retries;
  }

  TestCameras postAll(List<Shot> shots) {
    shots.forEach(this::post);
    return this;
  }

  /** Posts images at the pace of their own clock. */
  TestCameras postAtRate(List<Shot> shots) {
    return postAtRate(shots, shot -> true);
  }

  /** Posts images at the pace of their own clock while they are wanted. */
  TestCameras postAtRate(List<Shot> shots, Predicate<Shot> wanted) {
    long startNs = System.nanoTime();
    for (Shot shot : shots) {
      long dueNs = startNs + shot.timeNs();
      for (long left = dueNs - System.nanoTime(); left > 0; left = dueNs - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      if (!wanted.test(shot)) {
        break;
      }
      post(shot);
    }
    return this;
  }

  /** Ends every camera of the rig, so that the last window closes. */
  TestCameras endAll() {
    for (String camera : rig) {
      var request =
          HttpRequest.newBuilder(uri(camera, "end", Map.of("rig", String.join(",", rig))))
              .POST(BodyPublishers.noBody());
      HttpResponse<String> response = send(request, "the end of " + camera);
      if (response.statusCode() / 100 != 2) {
        throw new AssertionError(
            "the end of %s was answered %d: %s"
                .formatted(camera, response.statusCode(), response.body()));
      }
    }
    return this;
  }

  /** Posts one image until it is accepted or refused; returns the final status. */
  int post(Shot shot) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("sequence", Long.toString(shot.sequence()));
    parameters.put("timestamp", Ledgers.seconds(shot.timeNs()));
    if (!rig.isEmpty()) {
      parameters.put("rig", String.join(",", rig));
    }
    parameters.putAll(shot.parameters());
    var request =
        HttpRequest.newBuilder(uri(shot.camera(), "frames", parameters))
            .header("Content-Type", shot.mediaType())
            .POST(BodyPublishers.ofByteArray(shot.bytes()));
    HttpResponse<String> response = send(request, shot.camera() + "/" + shot.sequence());
    note(shot, response);
    return response.statusCode();
  }

  private synchronized void note(Shot shot, HttpResponse<String> response) {
    if (response.statusCode() / 100 == 2) {
      accepted.put(id(shot), Ledgers.sha256(shot.bytes()));
      return;
    }
    try {
      refused.add(
          new Refusal(
              shot,
              response.statusCode(),
              response.headers().firstValue("Content-Type").orElse(""),
              JSON.readTree(response.body())));
    } catch (IOException e) {
      throw new AssertionError(
          "refused with %d and no JSON: %s".formatted(response.statusCode(), response.body()), e);
    }
  }

  FrameId id(Shot shot) {
    return FrameId.newBuilder()
        .setScene(scene)
        .setCapture(capture)
        .setCamera(shot.camera())
        .setSequence(shot.sequence())
        .build();
  }

  /** A busy or absent service is no answer; a real camera tries again. */
  private HttpResponse<String> send(HttpRequest.Builder request, String what) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String last = "nothing tried";
    while (System.nanoTime() < deadline) {
      try {
        HttpResponse<String> response =
            HTTP.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
        if (response.statusCode() < 500 && response.statusCode() != 429) {
          return response;
        }
        last = response.statusCode() + " " + response.body();
      } catch (IOException e) {
        last = e.toString();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while posting " + what, e);
      }
      synchronized (this) {
        retries++;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    throw new AssertionError(
        "%s was not answered for %s; last: %s".formatted(what, PATIENCE, last));
  }

  private URI uri(String camera, String what, Map<String, String> parameters) {
    StringBuilder query = new StringBuilder();
    parameters.forEach(
        (name, value) ->
            query
                .append(query.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return service.resolve(
        "/v1/scenes/%s/captures/%s/cameras/%s/%s%s".formatted(scene, capture, camera, what, query));
  }
}
