package io.lite3r.capture.edge;

import io.lite3r.capture.FrameRequest;
import io.lite3r.capture.SilenceWatch;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.metrics.Meter;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Turns the silence of HTTP cameras into records, so that a replay sees the same silence at the
 * same place. Played folders need none: they say when a camera ends.
 */
@ApplicationScoped
class SilenceRecorder {
  private static final Logger LOG = Logger.getLogger(SilenceRecorder.class);

  private final FrameIntake intake;
  private final long lookEveryMs;
  private final SilenceWatch watch;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("capture-silence").daemon().factory());

  @Inject
  SilenceRecorder(FrameIntake intake, CaptureSettings settings, Meter meter) {
    this.intake = intake;
    this.lookEveryMs = Math.clamp(settings.silentAfter().toMillis() / 4, 50, 1000);
    this.watch =
        new SilenceWatch(settings.silentAfter().toNanos(), settings.endedAfter().toNanos());
    meter
        .gaugeBuilder(Names.CAPTURE_SILENT)
        .setUnit("{camera}")
        .ofLongs()
        .buildWithCallback(shown -> shown.record(silent()));
  }

  private long silent() {
    synchronized (watch) {
      return watch.silent(System.nanoTime());
    }
  }

  void start(@Observes StartupEvent event) {
    clock.scheduleWithFixedDelay(this::look, lookEveryMs, lookEveryMs, TimeUnit.MILLISECONDS);
  }

  void stop(@Observes ShutdownEvent event) {
    clock.shutdownNow();
  }

  void heard(FrameRequest frame) {
    synchronized (watch) {
      watch.heard(frame, System.nanoTime());
    }
  }

  void ended(String scene, String capture, String camera) {
    synchronized (watch) {
      watch.ended(scene, capture, camera);
    }
  }

  private void look() {
    SilenceWatch.Look look;
    synchronized (watch) {
      look = watch.look(System.nanoTime());
    }
    look.gone().forEach(this::end);
    for (SilenceWatch.Silence silence : look.silences()) {
      intake
          .idle(
              silence.capture().scene(),
              silence.capture().capture(),
              silence.camera(),
              silence.untilNs())
          .whenComplete(
              (nothing, failure) -> {
                if (failure != null) {
                  LOG.errorf(
                      failure,
                      "the silence of camera %s could not be recorded; its rig waits for it",
                      silence.camera());
                }
              });
    }
  }

  private void end(SilenceWatch.Gone gone) {
    LOG.warnf(
        "camera %s of %s/%s has sent nothing for lite3r.capture.ended-after and is recorded as ended",
        gone.camera(), gone.capture().scene(), gone.capture().capture());
    intake
        .end(gone.capture().scene(), gone.capture().capture(), gone.camera(), gone.rigCameras())
        .whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                LOG.errorf(
                    failure,
                    "the end of camera %s could not be recorded; its capture stays open until somebody posts it",
                    gone.camera());
              }
            });
  }
}
