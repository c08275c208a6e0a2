package io.lite3r.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The process that holds the broker and the object store. It ends when this one does, however this
 * one ends: it watches its standard input, which the kernel closes.
 */
public final class StackProcess implements AutoCloseable {
  /** How the stack ends when it cannot be used as it was told; its last line says why. */
  private static final int BAD_USAGE = 2;

  private static final String RECORDING = "-XX:AOTMode=record";

  private final Process process;
  private final Endpoints endpoints;

  /** Where the stack can be reached. */
  public record Endpoints(String kafka, String s3, String accessKey, String secretKey) {}

  private StackProcess(Process process, Endpoints endpoints) {
    this.process = process;
    this.endpoints = endpoints;
  }

  /**
   * Starts the stack over a data folder and returns when it serves.
   *
   * @param home the repository's root, where the stack was built
   * @param data the folder that holds everything; created when absent
   * @param extra further arguments, such as fixed ports
   * @throws IOException when it does not come up; the message holds the end of its log
   * @throws BadUsage when another stack has the folder
   */
  public static StackProcess start(Path home, Path data, String... extra) throws IOException {
    Path built = home.resolve("services/stack/target/stack");
    if (!Files.isDirectory(built.resolve("lib"))) {
      throw new IOException("the stack is not built: run ./mvnw package in " + home);
    }
    Path logs = Files.createDirectories(data.resolve("logs"));
    Path log = logs.resolve("stack.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + home.resolve("services/stack/jvm.options"));
    command.addAll(launcherOptions());
    command.addAll(
        List.of(
            "-cp",
            built.resolve("*") + ":" + built.resolve("lib/*"),
            "io.lite3r.stack.StackMain",
            "--until-stdin-closes",
            "--data",
            data.toString()));
    command.addAll(List.of(extra));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    awaitReady(process, log);
    return new StackProcess(process, read(data));
  }

  public Endpoints endpoints() {
    return endpoints;
  }

  /** The process itself, for tests that kill it. */
  public Process process() {
    return process;
  }

  /**
   * Ends it at once: its data folder is about to be removed, so nothing in it need be in order.
   * Where it records what it has done for the next start (docs/adr/0014), it is asked to stop.
   */
  void abandon() {
    if (launcherOptions().contains(RECORDING)) {
      close();
    } else {
      process.destroyForcibly();
    }
  }

  /** Options of the JVM that the launcher chose, one a line. */
  private static List<String> launcherOptions() {
    return System.getProperty("lite3r.stack.options", "")
        .lines()
        .filter(option -> !option.isBlank())
        .toList();
  }

  /** Asks it to stop, and insists after a while. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitReady(Process process, Path log) throws IOException {
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals("READY")) {
        return;
      }
    }
    List<String> lines = Files.readAllLines(log);
    if (process.onExit().join().exitValue() == BAD_USAGE) {
      throw new BadUsage(lines.getLast().replaceFirst("^lite3r: ", ""));
    }
    throw new IOException(
        "the broker and object store did not start; the end of %s says:%n%s"
            .formatted(
                log,
                String.join(
                    System.lineSeparator(),
                    lines.subList(Math.max(0, lines.size() - 8), lines.size()))));
  }

  private static Endpoints read(Path data) throws IOException {
    JsonNode json = new ObjectMapper().readTree(data.resolve("stack.json").toFile());
    return new Endpoints(
        json.get("kafka").asText(),
        json.get("s3").asText(),
        json.get("access_key").asText(),
        json.get("secret_key").asText());
  }
}
