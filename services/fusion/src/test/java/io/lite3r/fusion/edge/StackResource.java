package io.lite3r.fusion.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.ObjectStoreSettings;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A real broker and a real S3 server in a process of their own, as on a laptop. */
public final class StackResource implements QuarkusTestResourceLifecycleManager {
  private Process process;
  private JsonNode addresses;

  @Override
  public Map<String, String> start() {
    try {
      Path root = Path.of(System.getProperty("lite3r.root"));
      Path stack = root.resolve("services/stack/target/stack");
      if (!Files.isDirectory(stack.resolve("lib"))) {
        throw new IllegalStateException(
            "the stack is not built: run ./mvnw -pl services/stack -am -DskipTests package");
      }
      Path data = Files.createTempDirectory("lite3r-fusion-test-");
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
      addresses = new ObjectMapper().readTree(data.resolve("stack.json").toFile());
      return Map.of(
          "kafka.bootstrap.servers", addresses.get("kafka").asText(),
          "lite3r.s3.endpoint", addresses.get("s3").asText(),
          "lite3r.s3.access-key", addresses.get("access_key").asText(),
          "lite3r.s3.secret-key", addresses.get("secret_key").asText(),
          "lite3r.fusion.voxel-size", "0.1",
          "lite3r.fusion.loops", "true");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A bucket of the running server. */
  ObjectStore bucket(String name) {
    return new ObjectStore(
        new ObjectStoreSettings(
            URI.create(addresses.get("s3").asText()),
            addresses.get("access_key").asText(),
            addresses.get("secret_key").asText(),
            name,
            Duration.ofSeconds(20)));
  }

  private void awaitReady() throws IOException {
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    while (line != null && !line.equals("READY")) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IllegalStateException(
          "the stack did not start:\n" + Files.readString(Path.of("target/stack.log")));
    }
  }

  @Override
  public void stop() {
    if (process == null) {
      return;
    }
    try {
      Objects.requireNonNull(process.getOutputStream()).close();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
