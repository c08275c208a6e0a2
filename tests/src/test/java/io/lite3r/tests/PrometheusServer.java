package io.lite3r.tests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Debian's Prometheus with the configuration and the rules of {@code infra/}, of which only the
 * addresses are others and the clock runs faster. The program must be on the PATH.
 */
final class PrometheusServer implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final URI uri = URI.create("http://127.0.0.1:" + Forks.freePort());
  private final Process process;

  /**
   * @param addresses what {@code prometheus.yml} calls a target, and where it is here
   */
  PrometheusServer(Map<String, String> addresses) throws IOException {
    Path folder = Repository.scratch("prometheus");
    String configuration = Files.readString(Watching.PROMETHEUS.resolve("prometheus.yml"));
    for (var address : addresses.entrySet()) {
      if (!configuration.contains("[" + address.getKey() + "]")) {
        throw new IllegalArgumentException("prometheus.yml does not scrape " + address.getKey());
      }
      configuration =
          configuration.replace("[" + address.getKey() + "]", "[" + address.getValue() + "]");
    }
    Files.writeString(
        folder.resolve("prometheus.yml"), configuration.replace("interval: 5s", "interval: 1s"));
    Path rules = Files.createDirectory(folder.resolve("rules"));
    try (Stream<Path> files = Files.list(Watching.PROMETHEUS.resolve("rules"))) {
      for (Path file : files.toList()) {
        Files.copy(file, rules.resolve(file.getFileName()));
      }
    }
    process =
        Forks.start(
            new ProcessBuilder(
                    "prometheus",
                    "--config.file=" + folder.resolve("prometheus.yml"),
                    "--storage.tsdb.path=" + folder.resolve("data"),
                    "--web.listen-address=" + uri.getAuthority())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile()));
    Await.until(
        "Prometheus to be ready", Duration.ofSeconds(30), () -> get("/-/ready").startsWith("Prom"));
  }

  /** Series that an expression gives now; throws when Prometheus does not take it. */
  JsonNode query(String expression) throws IOException, InterruptedException {
    JsonNode answer =
        api("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
    return answer.get("result");
  }

  /** The {@code data} of an answer of its HTTP API. */
  JsonNode api(String path) throws IOException, InterruptedException {
    JsonNode answer = new ObjectMapper().readTree(get(path));
    if (!answer.path("status").asText().equals("success")) {
      throw new IllegalStateException("Prometheus answers %s to %s".formatted(answer, path));
    }
    return answer.get("data");
  }

  private String get(String path) throws IOException, InterruptedException {
    return HTTP.send(HttpRequest.newBuilder(uri.resolve(path)).build(), BodyHandlers.ofString())
        .body();
  }

  @Override
  public void close() {
    Forks.kill(process);
  }
}
