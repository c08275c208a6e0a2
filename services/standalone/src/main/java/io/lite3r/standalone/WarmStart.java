package io.lite3r.standalone;

import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.warm.WarmUp;
import io.lite3r.reconstruction.edge.LoadedModel;
import io.lite3r.reconstruction.edge.Provider;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Uses the seconds in which the broker starts and this process would only wait: the model is loaded
 * and the services' warm-ups run once. When the services come to do the same, little is left.
 */
final class WarmStart {
  private WarmStart() {}

  /** Begins in the background and returns at once. */
  static void begin(Map<String, String> properties) {
    // Two threads that both were the first to log would wait for each other for ever: class
    // initialisers of JBoss's log manager and the JDK's own lock are taken in either order.
    Logger first = LogManager.getLogManager().getLogger("");
    Objects.requireNonNull(first, "the log manager has no root");
    String threads = properties.get("lite3r.inference.threads");
    LoadedModel.ahead(
        Path.of(Objects.requireNonNull(properties.get("lite3r.model.dir"))),
        Provider.candidates(Objects.requireNonNull(properties.get("lite3r.provider"))),
        threads == null ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(threads),
        Path.of(Objects.requireNonNull(properties.get("lite3r.engines.dir"))));
    Thread.ofPlatform().daemon().name("warm-start").start(WarmStart::warmUp);
  }

  private static void warmUp() {
    try (Parallel alone = new Parallel(1)) {
      WarmUp.run(alone);
    }
    io.lite3r.capture.WarmUp.run();
  }
}
