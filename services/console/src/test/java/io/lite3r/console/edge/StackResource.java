package io.lite3r.console.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real broker and a real S3 server in a process of their own, as on a laptop. */
public final class StackResource implements QuarkusTestResourceLifecycleManager {
  private Process process;
  private Path data;

  @Override
  public Map<String, String> start() {
    try {
      Path root = Path.of(System.getProperty("lite3r.root"));
      Path stack = root.resolve("services/stack/target/stack");
      if (!Files.isDirectory(stack.resolve("lib"))) {
        throw new IllegalStateException(
            "the stack is not built: run ./mvnw -pl services/stack -am -DskipTests package");
      }
      data = Files.createTempDirectory("lite3r-console-test-");
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx384m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  stack.resolve("*") + File.pathSeparator + stack.resolve("lib/*"),
                  "io.lite3r.stack.StackMain",
                  "--until-stdin-closes",
                  "--data",
                  data.toString())
              .redirectError(new File("target/stack.log"))
              .start();
      awaitReady();
      JsonNode json = new ObjectMapper().readTree(data.resolve("stack.json").toFile());
      return Map.of(
          "kafka.bootstrap.servers", json.get("kafka").asText(),
          "lite3r.s3.endpoint", json.get("s3").asText(),
          "lite3r.s3.access-key", json.get("access_key").asText(),
          "lite3r.s3.secret-key", json.get("secret_key").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() throws IOException {
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals("READY")) {
        return;
      }
    }
    throw new IllegalStateException(
        "the stack did not start: "
            + String.join("\n", List.copyOf(Files.readAllLines(Path.of("target/stack.log")))));
  }

  @Override
  public void stop() {
    if (process == null) {
      return;
    }
    try {
      process.getOutputStream().close();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      try (Stream<Path> paths = Files.walk(data)) {
        paths.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
