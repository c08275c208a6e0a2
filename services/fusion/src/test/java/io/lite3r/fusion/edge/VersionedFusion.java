package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.scene.RoomCapture;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.SceneRollback;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Window;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/** What fusion says, and one fusion after another that says it, a version for every record. */
final class VersionedFusion implements Announcements {
  static final String SCENE = "room";
  static final Retention ALL = new Retention(100, Duration.ZERO);
  static final Retention TWO = new Retention(2, Duration.ZERO);
  private static final Parallel THREADS = new Parallel(2);

  final ObjectStore objects;
  final OutcomeMapping mapping;
  final Retention retention;
  private final double voxelSize;
  final List<SceneUpdate> updates = new ArrayList<>();
  final Map<Long, FrameOutcome> ends = new HashMap<>();
  SceneWorker worker;
  long offset;

  VersionedFusion(String bucket, Retention retention) {
    this(bucket, retention, 0.1);
  }

  VersionedFusion(String bucket, Retention retention, double voxelSize) {
    this.voxelSize = voxelSize;
    this.objects = Buckets.of(bucket);
    this.mapping = new OutcomeMapping(objects);
    this.retention = retention;
    restart();
  }

  void restart() {
    worker =
        new SceneWorker(
            SCENE,
            objects,
            this,
            FusionRules.SERVED.withVoxelSize(OptionalDouble.of(voxelSize)),
            THREADS,
            Long.MAX_VALUE,
            new FusionSteps(
                OpenTelemetry.noop().getMeter("test"), OpenTelemetry.noop().getTracer("test")),
            new PublishPace(Duration.ZERO, 0), // a version for every record
            2,
            retention);
  }

  void take(ReconstructionRecord record) {
    offset++;
    worker.accept(
        new Arrival(
            record,
            Context.root(),
            new SceneManifest.Input("reconstructions", 1, offset),
            () -> {}));
  }

  /** Takes a record in that a version of its own must follow. */
  void publish(ReconstructionRecord record) {
    int before = updates.size();
    take(record);
    assertThat(updates).as("a version").hasSize(before + 1);
  }

  @Override
  public void updated(SceneUpdate update) {
    updates.add(update);
  }

  @Override
  public void verify(Window window) {
    throw new AssertionError("nobody looks for loops here");
  }

  /** A frame ends once; whoever says it again says the same. */
  @Override
  public void ended(String scene, List<FrameOutcome> ended) {
    for (FrameOutcome outcome : ended) {
      FrameOutcome before = ends.put(outcome.getFrame().getSequence(), outcome);
      assertThat(before).isIn(null, outcome);
    }
  }

  SceneHead head() {
    return SceneJson.readHead(objects.get(SceneKeys.head(SCENE)).orElseThrow().bytes());
  }

  byte[] bytes(ObjectRef ref) {
    return objects.get(mapping.check(ref));
  }

  List<Kept> history() {
    return SceneJson.readHistory(bytes(Objects.requireNonNull(head().history()))).versions();
  }

  SceneManifest manifest() {
    return manifest(head().manifest());
  }

  /** A version's manifest with its tiles. */
  SceneManifest manifest(ObjectRef ref) {
    return SceneJson.readManifest(bytes(ref)).withTiles(this::bytes);
  }

  List<WindowEntry> windows() {
    return manifest().windowChunks().stream()
        .flatMap(c -> SceneJson.readWindows(bytes(c.object())).windows().stream())
        .toList();
  }

  ReconstructionRecord rollback(int version, long atNs) {
    Kept kept = history().stream().filter(v -> v.version() == version).findFirst().orElseThrow();
    return ReconstructionRecord.newBuilder()
        .setSceneRollback(
            SceneRollback.newBuilder()
                .setScene(SCENE)
                .setVersion(version)
                .setManifestSha256(kept.manifest().sha256())
                .setRequestedAtNs(atNs))
        .build();
  }

  List<ReconstructionRecord> capture(int frames, long seed) {
    return Records.of(SCENE, new RoomCapture("c", frames, 4, 1, 0, seed), objects);
  }
}
