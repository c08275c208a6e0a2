package io.lite3r.console.edge;

import io.lite3r.console.health.StageHealth;
import io.lite3r.console.health.StageReading;
import io.lite3r.console.health.StageWatch;
import io.lite3r.console.scene.SceneLedger;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/** The health of the whole pipeline, read anew by {@link #tick}. */
@ApplicationScoped
public class PipelineHealth {
  private static final Logger LOG = Logger.getLogger(PipelineHealth.class);
  private static final String SCENE = "scene";

  private final StageProgress progress;
  private final SceneLedger ledger;
  private final Map<String, StageWatch> watches = new LinkedHashMap<>();
  private volatile boolean reachable;

  /** What viewers are told; {@code broker} is "reachable" or "unreachable". */
  public record Report(long atMs, String broker, List<StageHealth> stages) {
    public Report {
      stages = List.copyOf(stages);
    }
  }

  @Inject
  PipelineHealth(StageProgress progress, SceneLedger ledger, Meter meter) {
    this.progress = progress;
    this.ledger = ledger;
    watches.put("capture", new StageWatch("capture", "frames"));
    watches.put("windowing", new StageWatch("windowing", "frames"));
    watches.put("reconstruction", new StageWatch("reconstruction", "windows"));
    watches.put("fusion", new StageWatch("fusion", "windows"));
    watches.put(SCENE, new StageWatch(SCENE, "versions"));
    meter
        .gaugeBuilder(Names.CONSOLE_LAG)
        .setUnit("{record}")
        .ofLongs()
        .buildWithCallback(this::showLag);
  }

  void tick() throws InterruptedException {
    Map<String, StageReading> readings = Map.of();
    try {
      readings = progress.read();
      reachable(true, "");
    } catch (ExecutionException | TimeoutException e) {
      reachable(false, String.valueOf(e.getMessage()));
    }
    long now = System.currentTimeMillis();
    for (var entry : watches.entrySet()) {
      entry
          .getValue()
          .read(
              now,
              entry.getKey().equals(SCENE)
                  ? new StageReading(ledger.versionsSeen(), null)
                  : readings.get(entry.getKey()));
    }
  }

  Report report() {
    long now = System.currentTimeMillis();
    Map<String, Long> rejected = ledger.rejectedByStage();
    List<StageHealth> stages =
        watches.entrySet().stream()
            .map(entry -> entry.getValue().health(now, rejected.getOrDefault(entry.getKey(), 0L)))
            .toList();
    return new Report(now, reachable ? "reachable" : "unreachable", stages);
  }

  private void showLag(ObservableLongMeasurement shown) {
    for (StageHealth stage : report().stages()) {
      if (stage.lag() != null) {
        shown.record(stage.lag(), Attributes.of(Names.STAGE, stage.stage()));
      }
    }
  }

  private void reachable(boolean now, String why) {
    if (reachable && !now) {
      LOG.warnf("Kafka does not say how far the stages are: %s", why);
    }
    reachable = now;
  }
}
