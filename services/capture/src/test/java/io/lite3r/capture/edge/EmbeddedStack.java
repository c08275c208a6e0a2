package io.lite3r.capture.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real broker and a real object store, in a process of their own, for the length of a test. */
public final class EmbeddedStack implements QuarkusTestResourceLifecycleManager {
  private Path data;
  private Process process;

  @Override
  public Map<String, String> start() {
    Path root = Path.of(System.getProperty("lite3r.root"));
    Path built = root.resolve("services/stack/target/stack");
    if (!Files.isDirectory(built.resolve("lib"))) {
      throw new IllegalStateException("the stack is not built: run ./mvnw package, not test");
    }
    try {
      data = Files.createTempDirectory("capture-test-");
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  built.resolve("*") + ":" + built.resolve("lib/*"),
                  "io.lite3r.stack.StackMain",
                  "--until-stdin-closes",
                  "--data",
                  data.toString())
              .redirectError(data.resolve("stack.log").toFile())
              .start();
      try (var out = process.inputReader()) {
        if (out.lines().noneMatch("READY"::equals)) {
          throw new IllegalStateException(Files.readString(data.resolve("stack.log")));
        }
      }
      JsonNode endpoints = new ObjectMapper().readTree(data.resolve("stack.json").toFile());
      return Map.of(
          "kafka.bootstrap.servers", endpoints.get("kafka").asText(),
          "lite3r.s3.endpoint", endpoints.get("s3").asText(),
          "lite3r.s3.access-key", endpoints.get("access_key").asText(),
          "lite3r.s3.secret-key", endpoints.get("secret_key").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void stop() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      List<Path> paths;
      try (Stream<Path> walk = Files.walk(data)) {
        paths = walk.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
