package io.lite3r.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One service as it is deployed: its own application in its own process, and a supervisor that
 * starts it again whenever it ends, as Kubernetes would. Its output goes to a file.
 */
final class ServiceProcess implements AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /** What is measured is compiled as it is where it is deployed. */
  private static final boolean MEASURED = Boolean.getBoolean("lite3r.live.strict");

  /** More restarts than any test causes: a service that cannot start at all. */
  private static final int MOST_STARTS = 40;

  private final String name;
  private final Path log;
  private final URI uri;
  private final Map<String, String> settings;
  private Map<String, String> changed = Map.of();
  private Process process;
  private boolean supervised = true;
  private int starts;

  ServiceProcess(String name, Path logs, Map<String, String> settings) {
    this.name = name;
    this.log = logs.resolve(name + ".log");
    int port = Forks.freePort();
    this.uri = URI.create("http://127.0.0.1:" + port);
    this.settings = new TreeMap<>(settings);
    this.settings.put("quarkus.http.host", "127.0.0.1");
    this.settings.put("quarkus.http.port", Integer.toString(port));
    start();
  }

  URI uri() {
    return uri;
  }

  synchronized int starts() {
    return starts;
  }

  /**
   * Stops it in the middle of whatever it does, so that what is in hand stays in hand and can be
   * looked at (SIGSTOP).
   */
  void freeze() {
    signal("STOP");
  }

  /** Lets it go on. */
  void thaw() {
    signal("CONT");
  }

  private synchronized void signal(String name) {
    try {
      Process sent = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      if (sent.waitFor() != 0) {
        throw new IllegalStateException("kill -%s did not reach %s".formatted(name, this.name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** kill -9; returns when it is dead. The supervisor starts it again. */
  void kill() {
    Process victim;
    synchronized (this) {
      victim = process;
    }
    Forks.kill(victim);
    Await.until(
        name + " to be started again",
        Duration.ofSeconds(5),
        () -> {
          synchronized (this) {
            return process != victim;
          }
        });
  }

  /** Stops it and starts it with its own settings and these on top, until the next call. */
  void restartWith(Map<String, String> changes) {
    stop();
    synchronized (this) {
      changed = Map.copyOf(changes);
      supervised = true;
      start();
    }
    awaitReady();
  }

  void awaitReady() {
    Await.until(
        name + " to be ready at " + uri,
        Duration.ofSeconds(60),
        () -> get("/q/health/ready").startsWith("200"),
        this::endOfLog);
  }

  /** Status of a DELETE. */
  int delete(String path) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri.resolve(path)).timeout(Duration.ofSeconds(5)).DELETE().build();
    return HTTP.send(request, BodyHandlers.ofString()).statusCode();
  }

  /** Status and body of a GET, such as {@code 200 ...}. */
  String get(String path) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri.resolve(path)).timeout(Duration.ofSeconds(5)).GET().build();
    var response = HTTP.send(request, BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  /**
   * Asks it to stop, insists after a while, and does not start it again.
   *
   * @return whether it ended by itself
   */
  boolean stop() {
    Process last;
    synchronized (this) {
      supervised = false;
      last = process;
    }
    last.destroy();
    try {
      if (last.waitFor(15, TimeUnit.SECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Forks.kill(last);
    return false;
  }

  @Override
  public void close() {
    synchronized (this) {
      supervised = false;
    }
    Forks.kill(process);
  }

  String endOfLog() {
    try {
      List<String> lines = Files.readAllLines(log);
      return "the end of %s:%n%s"
          .formatted(
              log,
              String.join(
                  System.lineSeparator(),
                  lines.subList(Math.max(0, lines.size() - 15), lines.size())));
    } catch (IOException e) {
      return log + " cannot be read: " + e;
    }
  }

  private synchronized void start() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Several JVMs share a small machine.
    command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC"));
    if (!MEASURED) {
      command.add("-XX:TieredStopAtLevel=1"); // a test needs no peak speed
    }
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    Map<String, String> all = new TreeMap<>(settings);
    all.putAll(changed);
    all.forEach((key, value) -> command.add("-D%s=%s".formatted(key, value)));
    command.addAll(List.of("-jar", Repository.application(name).toString()));
    try {
      Files.createDirectories(log.getParent());
      Process started =
          Forks.start(
              new ProcessBuilder(command)
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())));
      process = started;
      starts++;
      started.onExit().thenRun(() -> startAgain(started));
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be started", e);
    }
  }

  private synchronized void startAgain(Process ended) {
    if (supervised && process == ended && starts < MOST_STARTS) {
      start();
    }
  }
}
