package io.lite3r.standalone;

import io.lite3r.capture.CaptureUnreadable;
import io.lite3r.capture.edge.CapturePlayer;
import io.lite3r.objects.ObjectStore;
import io.lite3r.reconstruction.edge.ReconstructionConfig;
import io.lite3r.reconstruction.edge.ServedModel;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole chain on one machine: the stack in a process beside this one, the five services in this
 * one, and a piece of work that runs while they do. Everything is stopped, and a private data
 * folder removed, however the work ends.
 */
final class Pipeline {
  /** What is done while the pipeline runs; returns the exit status. */
  interface Work {
    int run(Services services, Path data) throws Exception;
  }

  /** What work may use of the running services, beside their topics. */
  record Services(
      CapturePlayer player,
      ObjectStore objects,
      ServedModel model,
      ReconstructionConfig settings) {}

  /** Quarkus makes the application object itself, so the work of this process waits here. */
  private static @Nullable Work work;

  private static @Nullable Path data;
  private static @Nullable Exception failure;

  private static final int USUAL_PORT = 8080;

  private Pipeline() {}

  /** The folder that holds the repository, told by the launcher. */
  static Path home() {
    return Path.of(System.getProperty("lite3r.home", ".")).toAbsolutePath().normalize();
  }

  static int run(ServiceOptions options, Work work) throws Exception {
    Map<String, String> properties = options.properties(home());
    Path kept = options.data;
    boolean isPrivate = kept == null;
    Path data =
        kept == null
            ? Files.createTempDirectory("lite3r-")
            : Files.createDirectories(kept.toAbsolutePath().normalize());
    boolean isForNobody = false;
    WarmStart.begin(properties);
    try (StackProcess stack = StackProcess.start(home(), data, stackArguments(options))) {
      StackProcess.Endpoints endpoints = stack.endpoints();
      System.setProperty("kafka.bootstrap.servers", endpoints.kafka());
      System.setProperty("lite3r.s3.endpoint", endpoints.s3());
      System.setProperty("lite3r.s3.access-key", endpoints.accessKey());
      System.setProperty("lite3r.s3.secret-key", endpoints.secretKey());
      System.setProperty("lite3r.windowing.state-dir", data.resolve("windowing").toString());
      System.setProperty("quarkus.http.host", "127.0.0.1");
      System.setProperty("quarkus.http.port", Integer.toString(wantedPort(options)));
      System.setProperty("quarkus.log.file.enabled", "true");
      System.setProperty("quarkus.log.file.path", data.resolve("logs/services.log").toString());
      if (options.isSecure) {
        logIn(data.resolve("security"));
      }
      properties.forEach(System::setProperty);
      int status = startServices(work, data);
      isForNobody = true;
      if (isPrivate) {
        stack.abandon();
      }
      return status;
    } catch (BadUsage | CaptureUnreadable e) {
      isForNobody = true; // the sentence says it all
      throw e;
    } finally {
      if (isPrivate && isForNobody) {
        remove(data);
      } else if (isPrivate) {
        System.err.println("lite3r: what it wrote, logs included, is kept in " + data);
      }
    }
  }

  private static String[] stackArguments(ServiceOptions options) {
    return options.isSecure ? new String[] {"--secure"} : new String[0];
  }

  /** The five services in one process are one user of the broker. */
  private static void logIn(Path security) {
    System.setProperty("lite3r.kafka.user", "standalone");
    System.setProperty(
        "lite3r.kafka.password-file", security.resolve("standalone.password").toString());
    System.setProperty("lite3r.kafka.ca", security.resolve("ca.pem").toString());
  }

  /** Address of the console. */
  static String console() {
    return "http://127.0.0.1:" + System.getProperty("quarkus.http.port");
  }

  private static int startServices(Work work, Path data) throws Exception {
    Pipeline.work = work;
    Pipeline.data = data;
    AtomicInteger status = new AtomicInteger(Main.FAILED);
    Quarkus.run(
        Application.class,
        (code, thrown) -> {
          status.set(code);
          if (thrown != null && failure == null) {
            failure = thrown instanceof Exception e ? e : new IllegalStateException(thrown);
          }
        });
    if (failure != null) {
      throw failure;
    }
    return status.get();
  }

  /** What Quarkus runs once all services are up. */
  public static final class Application implements QuarkusApplication {
    private final Services services;

    @Inject
    Application(
        CapturePlayer player,
        ObjectStore objects,
        ServedModel model,
        ReconstructionConfig settings) {
      this.services = new Services(player, objects, model, settings);
    }

    @Override
    public int run(String... args) {
      try {
        return Objects.requireNonNull(work).run(services, Objects.requireNonNull(data));
      } catch (Exception e) {
        failure = e;
        return Main.FAILED;
      }
    }
  }

  /** The wanted port; else the usual one where somebody will look for the page; else any free. */
  private static int wantedPort(ServiceOptions options) throws IOException {
    if (options.port != null) {
      return options.port;
    }
    if (options.isWatched) {
      try {
        return free(USUAL_PORT);
      } catch (IOException taken) {
        // Any other will do.
      }
    }
    return free(0);
  }

  /** The port itself when it is free, for 0 one that is. */
  private static int free(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Removes a folder and all that is in it. */
  static void remove(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
