package io.lite3r.console.edge;

import io.lite3r.console.scene.SceneLedger;
import io.lite3r.console.scene.SceneSummary;
import io.lite3r.security.Caller;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Tells viewers what changes: everything once when they come, then changed scenes, deleted scenes,
 * and the stages' health as a heartbeat. A viewer too slow to follow is let go; its browser comes
 * back and gets everything once more.
 */
@ApplicationScoped
public class LiveFeed {
  private static final Logger LOG = Logger.getLogger(LiveFeed.class);
  private static final int BEHIND_AT_MOST = 256;

  private final SceneLedger ledger;
  private final PipelineHealth health;
  private final StoredScenes storedScenes;
  private final Photographs photographs;
  private final ConsoleSettings settings;
  private final LongUpDownCounter viewerCount;
  private final LongCounter updateCount;
  private final Map<MultiEmitter<? super String>, Caller> viewers = new LinkedHashMap<>();
  private final ScheduledExecutorService clock =
      Executors.newScheduledThreadPool(
          2, work -> Thread.ofPlatform().daemon().name("console-feed").unstarted(work));

  @Inject
  LiveFeed(
      SceneLedger ledger,
      PipelineHealth health,
      StoredScenes storedScenes,
      Photographs photographs,
      ConsoleSettings settings,
      Meter meter) {
    this.ledger = ledger;
    this.health = health;
    this.storedScenes = storedScenes;
    this.photographs = photographs;
    this.settings = settings;
    this.viewerCount =
        meter.upDownCounterBuilder(Names.CONSOLE_VIEWERS).setUnit("{viewer}").build();
    this.updateCount = meter.counterBuilder(Names.CONSOLE_UPDATES).setUnit("{update}").build();
    // From the start at 0: a counter that is not shown cannot be told from one that stands still.
    viewerCount.add(0);
    updateCount.add(0);
  }

  void start(@Observes StartupEvent event) {
    clock.execute(() -> guarded("finding stored scenes", storedScenes::find));
    every(settings.feedPeriod(), "telling viewers", this::tellChanges);
    every(settings.healthPeriod(), "reading health", this::tellHealth);
  }

  void stop(@Observes ShutdownEvent event) {
    clock.shutdownNow();
  }

  /** One viewer's events, as JSON: of the scenes that the caller has. */
  Multi<String> join(Caller caller) {
    return Multi.createFrom().<String>emitter(viewer -> welcome(viewer, caller), BEHIND_AT_MOST);
  }

  private synchronized void welcome(MultiEmitter<? super String> viewer, Caller caller) {
    List<SceneSummary> scenes =
        ledger.summaries().stream().filter(summary -> caller.has(summary.scene())).toList();
    viewer.emit(
        ConsoleJson.of(Map.of("type", "snapshot", "scenes", scenes, "health", health.report())));
    viewers.put(viewer, caller);
    viewerCount.add(1);
    viewer.onTermination(() -> leave(viewer));
  }

  private synchronized void leave(MultiEmitter<? super String> viewer) {
    if (viewers.remove(viewer) != null) {
      viewerCount.add(-1);
    }
  }

  private void tellChanges() {
    for (String scene : ledger.takeChanged()) {
      updateCount.add(1);
      Optional<SceneSummary> summary = ledger.summary(scene);
      if (summary.isEmpty()) {
        photographs.forget(scene);
      }
      tell(
          caller -> caller.has(scene),
          summary
              .map(present -> Map.of("type", "scene", "scene", present))
              .orElse(Map.of("type", "gone", "name", scene)));
    }
  }

  private void tellHealth() throws InterruptedException {
    health.tick();
    tell(everybody -> true, Map.of("type", "health", "health", health.report()));
  }

  private synchronized void tell(Predicate<Caller> whom, Map<String, ?> event) {
    if (viewers.isEmpty()) {
      return;
    }
    String json = ConsoleJson.of(event);
    Map.copyOf(viewers)
        .forEach(
            (viewer, caller) -> {
              if (whom.test(caller)) {
                viewer.emit(json);
              }
            });
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private void every(Duration period, String what, Work work) {
    long millis = period.toMillis();
    clock.scheduleWithFixedDelay(() -> guarded(what, work), 0, millis, TimeUnit.MILLISECONDS);
  }

  /** An exception would end a repeated task for good, and the page would freeze without a word. */
  private static void guarded(String what, Work work) {
    try {
      work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s failed; trying again", what);
    }
  }
}
