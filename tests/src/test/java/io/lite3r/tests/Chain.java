package io.lite3r.tests;

import io.lite3r.objects.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The whole chain as it is deployed, every part in a process of its own: broker and object store,
 * capture, windowing, reconstruction with the tiny model, fusion, and the console when a test asks
 * for it. Started once and shared; tests keep apart by the names of their scenes.
 */
final class Chain implements AutoCloseable {
  /** Longer than any recovery: a killed member's session, a transaction, a start on a busy box. */
  static final Duration RECOVERY = Duration.ofSeconds(90);

  /** Stated, so that a test with one thread compares with two on any machine. */
  private static final String THREADS = "2";

  private final Path data = Repository.scratch("chain");
  private final List<AutoCloseable> parts = new ArrayList<>();
  private final Map<String, String> common = new HashMap<>();

  final TraceSink traces;
  final StackFixture stack;
  final TopicLog log;
  final ObjectStore objects;
  final ServiceProcess capture;
  final ServiceProcess windowing;
  final ServiceProcess reconstruction;
  final ServiceProcess fusion;
  private ServiceProcess console;

  Chain() {
    try {
      traces = kept(new TraceSink());
      stack = kept(new StackFixture(data));
      log = kept(new TopicLog(stack.bootstrapServers()));
      objects = stack.objects();
      common.putAll(stack.settings());
      common.put("quarkus.otel.exporter.otlp.endpoint", traces.endpoint().toString());
      common.put("quarkus.otel.exporter.otlp.protocol", "http/protobuf");
      common.put("quarkus.otel.sdk.disabled", "false");
      common.put("quarkus.otel.bsp.schedule.delay", "PT0.5S");
      common.put("lite3r.inference.threads", THREADS);
      common.put("lite3r.fusion.threads", THREADS);
      common.put("lite3r.model.dir", Repository.TINY_MODEL.toString());
      common.put("lite3r.windowing.state-dir", data.resolve("windowing").toString());
      capture = service("capture");
      windowing = service("windowing");
      reconstruction = service("reconstruction");
      fusion = service("fusion");
      List.of(capture, windowing, reconstruction, fusion).forEach(ServiceProcess::awaitReady);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Cameras of one capture; scene names are unique to a test. */
  TestCameras cameras(String scene, String captureName, List<String> rig) {
    return new TestCameras(capture.uri(), scene, captureName, rig);
  }

  synchronized ServiceProcess console() {
    if (console == null) {
      console = service("console");
      console.awaitReady();
      ServiceProcess started = console;
      Await.until(
          "the console to know from the broker how far the stages are",
          Duration.ofSeconds(30),
          () -> started.get("/metrics").contains("lite3r_console_lag{"),
          started::endOfLog);
    }
    return console;
  }

  /** Capture, windowing, reconstruction, fusion and console. */
  List<ServiceProcess> services() {
    return List.of(capture, windowing, reconstruction, fusion, console());
  }

  /** Waits until the capture is published whole and all its frames have ended, then audits. */
  Audit finished(TestCameras... cameras) {
    String scene = cameras[0].scene();
    for (TestCameras one : cameras) {
      log.await(
          "capture " + one.capture() + " to be published and all its frames to end",
          scene,
          RECOVERY,
          records ->
              records.published(one.capture()) && records.allTerminal(one.accepted().keySet()),
          () -> endsOfLogs());
    }
    log.catchUp();
    Audit audit = Audit.of(log.scene(scene), objects, List.of(cameras));
    System.out.println(audit.counts());
    return audit;
  }

  String endsOfLogs() {
    StringBuilder all = new StringBuilder();
    for (ServiceProcess service : List.of(capture, windowing, reconstruction, fusion)) {
      all.append(service.endOfLog()).append(System.lineSeparator());
    }
    return all.toString();
  }

  @Override
  public void close() {
    for (AutoCloseable part : parts.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        System.err.println("while closing the chain: " + e);
      }
    }
  }

  /** A further instance of a service; whoever asks for it closes it. */
  ServiceProcess another(String name) {
    return new ServiceProcess(name, data.resolve("logs-of-another"), common);
  }

  private ServiceProcess service(String name) {
    return kept(new ServiceProcess(name, data.resolve("logs"), common));
  }

  private <T extends AutoCloseable> T kept(T part) {
    parts.add(part);
    return part;
  }
}
