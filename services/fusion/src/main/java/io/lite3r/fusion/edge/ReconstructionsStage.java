package io.lite3r.fusion.edge;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.warm.WarmUp;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.opentelemetry.context.Context;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code reconstructions} in. One thread owns all scenes of this process, so nothing in them is
 * locked: records, the clock and losses of partitions take turns on it. A record's offset is
 * acknowledged after its effect is durable, which may be many records later; commits follow the
 * oldest that is not.
 */
@ApplicationScoped
public class ReconstructionsStage {
  private static final Logger LOG = Logger.getLogger(ReconstructionsStage.class);
  private static final long TICK_MS = 100;

  private final ObjectStore objects;
  private final KafkaAnnouncements announcements;
  private final FusionConfig config;
  private final FusionSteps steps;
  private final Parallel parallel;
  private final OwnedScenes<SceneWorker> scenes = new OwnedScenes<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("fusion").factory());
  private final CompletableFuture<Void> warm;
  private boolean stopped;

  public ReconstructionsStage(
      ObjectStore objects,
      KafkaAnnouncements announcements,
      FusionConfig config,
      FusionSteps steps) {
    this.objects = objects;
    this.announcements = announcements;
    this.config = config;
    this.steps = steps;
    this.parallel =
        new Parallel(config.threads().orElse(Runtime.getRuntime().availableProcessors()));
    // On the thread that records are taken on: none of them is taken before.
    this.warm = CompletableFuture.runAsync(this::warmUp, thread);
    var ticking =
        thread.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    if (ticking.isDone()) {
      throw new IllegalStateException("the fusion thread did not start");
    }
  }

  /** The service is not ready before. */
  void atStart(@Observes StartupEvent event) {
    warm.join();
  }

  private void warmUp() {
    long start = System.nanoTime();
    WarmUp.Result result = WarmUp.run(parallel);
    LOG.infof(
        "warmed up in %.1f s, on %d triangles of nothing",
        (System.nanoTime() - start) / 1e9, result.triangles());
  }

  @Incoming("reconstructions-in")
  @Acknowledgment(Acknowledgment.Strategy.MANUAL)
  public CompletionStage<Void> take(Message<byte[]> message) {
    return CompletableFuture.runAsync(() -> accept(message), thread);
  }

  private void accept(Message<byte[]> message) {
    if (stopped) {
      return; // not acknowledged: it comes again after the restart
    }
    try {
      ReconstructionRecord record = parse(message.getPayload());
      Context trace =
          TracingMetadata.fromMessage(message)
              .map(TracingMetadata::getCurrentContext)
              .orElse(Context.current());
      SceneManifest.Input origin = origin(message);
      scene(scene(record), origin)
          .accept(new Arrival(record, trace, origin, () -> acknowledge(message)));
    } catch (InvalidProtocolBufferException e) {
      announcements.setAside(message, e);
      steps.setAside(FusionSteps.UNDECODABLE);
      acknowledge(message);
    } catch (RuntimeException | Error e) {
      stop(e);
    }
  }

  private SceneWorker scene(String name, SceneManifest.@Nullable Input origin) {
    return scenes.of(
        name,
        origin == null ? null : origin.partition(),
        scene ->
            new SceneWorker(
                scene,
                objects,
                announcements,
                FusionRules.SERVED
                    .withVoxelSize(config.voxelSize())
                    .withLoops(config.loops() ? LoopRules.SERVED : null),
                parallel,
                config.volumeBudget().asLongValue(),
                steps,
                PublishPace.served(config.publishInterval()),
                config.snapshotWindows(),
                new Retention(config.keepVersions(), config.keepEvery())));
  }

  private static SceneManifest.@Nullable Input origin(Message<byte[]> message) {
    return message
        .getMetadata(IncomingKafkaRecordMetadata.class)
        .map(
            origin ->
                new SceneManifest.Input(
                    origin.getTopic(), origin.getPartition(), origin.getOffset() + 1))
        .orElse(null);
  }

  private void tick() {
    if (!stopped) {
      try {
        scenes.all().forEach(SceneWorker::tick);
      } catch (RuntimeException | Error e) {
        stop(e);
      }
    }
  }

  /** Other instances own these partitions' scenes: what is in memory of them is worth nothing. */
  void forgetScenes(Set<Integer> partitions) {
    if (!thread.isShutdown()) {
      CompletableFuture.runAsync(() -> scenes.forget(partitions), thread).join();
    }
  }

  private static ReconstructionRecord parse(byte[] bytes) throws InvalidProtocolBufferException {
    ReconstructionRecord record = ReconstructionRecord.parseFrom(bytes);
    if (scene(record).isEmpty()) {
      throw new InvalidProtocolBufferException("it names no scene");
    }
    return record;
  }

  private static String scene(ReconstructionRecord record) {
    return switch (record.getEventCase()) {
      case RECONSTRUCTION -> record.getReconstruction().getScene();
      case CAPTURE_CLOSED -> record.getCaptureClosed().getScene();
      case SCENE_DELETION -> record.getSceneDeletion().getScene();
      case SCENE_ROLLBACK -> record.getSceneRollback().getScene();
      case EVENT_NOT_SET -> "";
    };
  }

  private static void acknowledge(Message<byte[]> message) {
    message
        .ack()
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                LOG.warn(
                    "an offset could not be acknowledged; its record will come again", failure);
              }
            });
  }

  private void stop(Throwable e) {
    stopped = true;
    LOG.fatal("fusion cannot go on and stops, to be started again by its supervisor", e);
    Quarkus.asyncExit(1);
  }

  @PreDestroy
  void close() {
    thread.shutdownNow();
    parallel.close();
  }
}
