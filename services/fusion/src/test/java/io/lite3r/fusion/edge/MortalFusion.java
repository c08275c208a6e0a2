package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.scene.RoomCapture;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Window;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** The topics fusion writes, and its offsets, which outlive a worker that is killed at any call. */
final class MortalFusion implements Announcements {
  static final String SCENE = "room";
  private static final Parallel THREADS = new Parallel(2);

  /** A death: the process is gone, and so is everything it had not made durable. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  final ObjectStore objects;
  final List<ReconstructionRecord> topic;
  final List<SceneUpdate> updates = new ArrayList<>();
  final List<FrameOutcome> outcomes = new ArrayList<>();
  final Set<Integer> done = new HashSet<>();
  long intervalNs;
  int snapshotWindows = 3;
  long volumeBudgetBytes = Long.MAX_VALUE;
  int callsToLive = Integer.MAX_VALUE;
  FusionRules rules = FusionRules.SERVED;
  Parallel threads = THREADS;

  /** Verification windows that were asked for, and whether somebody reconstructs them. */
  final List<Window> asked = new ArrayList<>();

  boolean answering = true;

  MortalFusion(String bucket, long intervalNs, ReconstructionRecord... none) {
    objects = Buckets.of(bucket);
    topic = new ArrayList<>(List.of(none));
    this.intervalNs = intervalNs;
  }

  private void live() {
    if (callsToLive-- <= 0) {
      throw new Killed();
    }
  }

  @Override
  public void updated(SceneUpdate update) {
    live();
    updates.add(update);
  }

  @Override
  public void ended(String scene, List<FrameOutcome> ended) {
    for (FrameOutcome outcome : ended) {
      live();
      outcomes.add(outcome);
    }
  }

  @Override
  public void verify(Window window) {
    live();
    asked.add(window);
    if (answering) {
      topic.add(Records.verified(window, objects));
    }
  }

  /** Starts a worker at the committed offset: the first record that is not done. */
  SceneWorker run() {
    SceneWorker worker =
        new SceneWorker(
            SCENE,
            objects,
            this,
            // Large voxels: few tiles, so the test spends its time on steps, not on triangles.
            rules.withVoxelSize(OptionalDouble.of(0.1)),
            threads,
            volumeBudgetBytes,
            new FusionSteps(
                OpenTelemetry.noop().getMeter("test"), OpenTelemetry.noop().getTracer("test")),
            PublishPace.served(Duration.ofNanos(intervalNs)),
            snapshotWindows,
            new Retention(100, Duration.ZERO));
    int committed = 0;
    while (done.contains(committed)) {
      committed++;
    }
    for (int offset = committed; offset < topic.size(); offset++) {
      int here = offset;
      worker.accept(
          new Arrival(
              topic.get(offset),
              Context.root(),
              () -> {
                live();
                done.add(here);
              }));
    }
    return worker;
  }

  SceneHead head() {
    return SceneJson.readHead(objects.get(SceneKeys.head(SCENE)).orElseThrow().bytes());
  }

  SceneManifest manifest() {
    OutcomeMapping mapping = new OutcomeMapping(objects);
    return SceneJson.readManifest(objects.get(mapping.check(head().manifest())))
        .withTiles(ref -> objects.get(mapping.check(ref)));
  }

  List<WindowEntry> windows() {
    return manifest().windowChunks().stream()
        .flatMap(
            c ->
                SceneJson.readWindows(objects.get(new OutcomeMapping(objects).check(c.object())))
                    .windows()
                    .stream())
        .toList();
  }

  /** Every frame's outcome; fails when a repeat says something else. */
  Map<Long, FrameOutcome> bySequence() {
    Map<Long, FrameOutcome> map = new HashMap<>();
    for (FrameOutcome outcome : outcomes) {
      FrameOutcome before = map.put(outcome.getFrame().getSequence(), outcome);
      if (before != null) {
        assertThat(outcome).isEqualTo(before);
      }
    }
    return map;
  }

  /** A room in windows of four frames that share one, reconstructed, and the capture's end. */
  static MortalFusion of(String bucket, long intervalNs, int frames, long seed) {
    return of(bucket, intervalNs, new RoomCapture("c", frames, 4, 1, 0, seed));
  }

  static MortalFusion of(String bucket, long intervalNs, RoomCapture capture) {
    MortalFusion world = new MortalFusion(bucket, intervalNs);
    world.topic.addAll(Records.of(SCENE, capture, world.objects));
    return world;
  }

  /** Starts one worker after another until one lives to the end of the topic. */
  int runThroughDeaths(int callsOfTheFirst, int callsOfOthers) {
    int deaths = 0;
    callsToLive = callsOfTheFirst;
    boolean over = false;
    while (!over) {
      try {
        run();
        over = true;
      } catch (Killed e) {
        deaths++;
        callsToLive = callsOfOthers;
      }
    }
    return deaths;
  }
}
