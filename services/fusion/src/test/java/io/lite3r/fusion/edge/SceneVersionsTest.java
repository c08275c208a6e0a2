package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.mesh.GlbReader;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.scene.RoomCapture;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.StoredObject;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneLevels;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.VolumeSnapshot;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.SceneRollback;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Window;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** History, rollback and removal of versions against a real S3 server. */
class SceneVersionsTest {
  private static final String SCENE = "room";
  private static final Retention ALL = new Retention(100, Duration.ZERO);
  private static final Retention TWO = new Retention(2, Duration.ZERO);
  private static final StackResource server = new StackResource();
  private static Parallel parallel;

  @BeforeAll
  static void startServer() {
    server.start();
    parallel = new Parallel(2);
  }

  @AfterAll
  static void stopServer() {
    parallel.close();
    server.stop();
  }

  /** What fusion says, and one fusion after another that says it. */
  private static final class World implements Announcements {
    final ObjectStore objects;
    final OutcomeMapping mapping;
    final Retention retention;
    final List<SceneUpdate> updates = new ArrayList<>();
    final Map<Long, FrameOutcome> ends = new HashMap<>();
    SceneWorker worker;
    long offset;

    World(String bucket, Retention retention) {
      this.objects = server.bucket(bucket);
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
              FusionRules.SERVED.withVoxelSize(OptionalDouble.of(0.1)),
              parallel,
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

    /** A frame ends once; whoever says it again says the same. */
    @Override
    public void verify(Window window) {
      throw new AssertionError("nobody looks for loops here");
    }

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
      return SceneJson.readManifest(bytes(head().manifest()));
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
  }

  private static List<ReconstructionRecord> capture(World world, int frames, long seed) {
    return Records.of(SCENE, new RoomCapture("c", frames, 4, 1, 0, seed), world.objects);
  }

  @Test
  void everyVersionNamesItsTimeWindowsModelInputAndDigest() {
    World world = new World("history", ALL);
    List<ReconstructionRecord> records = capture(world, 13, 1);
    // The second window comes last of the first three and lets the third in, too.
    world.publish(records.get(0));
    world.take(records.get(2));
    world.publish(records.get(1));
    world.publish(records.get(3));
    world.publish(records.get(4));
    List<Kept> history = world.history();
    assertThat(history.stream().map(Kept::version)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(history.stream().map(v -> v.inputs().getFirst().endOffset()))
        .containsExactly(1L, 3L, 4L, 5L);
    assertThat(history.stream().map(Kept::nextWindow)).containsExactly(1L, 3L, 4L, 4L);
    assertThat(history.stream().map(Kept::closes))
        .containsExactly(List.of(), List.of(), List.of(), List.of("c"));
    for (Kept kept : history) {
      SceneManifest manifest = SceneJson.readManifest(world.bytes(kept.manifest()));
      assertThat(kept).isEqualTo(Kept.of(manifest, kept.manifest()));
      assertThat(kept.models()).containsExactly(RoomCapture.MODEL);
      assertThat(kept.publishedAtNs()).isPositive();
    }
  }

  @Test
  void aRollbackTakesUpAKeptVersionAndFusionGoesOnFromThere() {
    String whole = null;
    // Killed never, just before the rollback, just after it, and later.
    for (int death : new int[] {-1, 3, 4, 6}) {
      World world = new World("rollback" + death, ALL);
      List<ReconstructionRecord> topic = new ArrayList<>(capture(world, 19, 2));
      for (int i = 0; i < topic.size(); i++) {
        if (i == 3) {
          topic.add(3, world.rollback(2, 50));
        }
        if (i == death) {
          world.restart();
          // What was not committed comes again.
          topic.subList(0, i).forEach(world::take);
        }
        world.publish(topic.get(i));
        if (i == 3) {
          tookUp(world, 2);
        }
      }
      assertThat(world.windows().stream().map(WindowEntry::status))
          .containsExactly(
              WindowStatus.FUSED,
              WindowStatus.FUSED,
              WindowStatus.WITHDRAWN,
              WindowStatus.FUSED,
              WindowStatus.FUSED,
              WindowStatus.FUSED);
      // Frames 7 and 8 stand in the withdrawn window only; the frame it shares goes on.
      assertThat(world.ends).hasSize(19);
      whole = whole == null ? world.head().digest() : whole;
      assertThat(world.head().digest()).as("killed before record %d", death).isEqualTo(whole);
      // A fusion that has read the result once more agrees with it: loading compares digests.
      world.restart();
      topic.forEach(world::take);
      assertThat(world.head().digest()).isEqualTo(whole);
      assertThat(world.history().stream().filter(v -> v.contentOf() != null)).hasSize(1);
    }
  }

  private static void tookUp(World world, long version) {
    Kept old =
        world.history().stream().filter(v -> v.version() == version).findFirst().orElseThrow();
    SceneManifest content = SceneJson.readManifest(world.bytes(old.manifest()));
    SceneManifest now = world.manifest();
    assertThat(now.version()).isEqualTo(4);
    assertThat(now.digest()).isEqualTo(content.digest());
    assertThat(now.tiles()).isEqualTo(content.tiles());
    assertThat(now.frames()).isEqualTo(content.frames());
    assertThat(now.nextWindow()).isEqualTo(3);
    assertThat(Objects.requireNonNull(now.rollback()).contentOf()).isEqualTo(version);
    assertThat(world.windows().getLast().reason()).contains("rollback to version 2");
    assertThat(world.history().getLast().contentOf()).isEqualTo(version);
  }

  @Test
  void aRollbackToWhatIsNotKeptChangesNothing() {
    World world = new World("refused", ALL);
    List<ReconstructionRecord> records = capture(world, 10, 3);
    world.publish(records.get(0));
    ReconstructionRecord stranger =
        ReconstructionRecord.newBuilder()
            .setSceneRollback(
                world.rollback(1, 9).getSceneRollback().toBuilder().setManifestSha256("00"))
            .build();
    world.take(stranger);
    assertThat(world.head().version()).isEqualTo(1);
    // Asked once and delivered twice it is carried out once.
    world.publish(records.get(1));
    ReconstructionRecord rollback = world.rollback(1, 10);
    world.publish(rollback);
    world.take(rollback);
    assertThat(world.head().version()).isEqualTo(3);
  }

  @Test
  void whatNoKeptVersionNeedsIsRemovedAndTheRestIsWhole() {
    World world = new World("collected", TWO);
    capture(world, 19, 4).forEach(world::publish);
    assertThat(world.head().version()).isEqualTo(7);
    assertThat(world.history().stream().map(Kept::version)).containsExactly(6L, 7L);
    Set<String> needed = new TreeSet<>(needed(world.objects, world.head()).orElseThrow());
    needed.add(SceneKeys.head(SCENE));
    assertThat(world.objects.list(SceneKeys.prefix(SCENE))).containsExactlyElementsOf(needed);
    // Kept means that it can be gone back to.
    String digest = world.history().getFirst().digest();
    world.take(world.rollback(6, 1));
    assertThat(world.head().version()).isEqualTo(8);
    assertThat(world.head().digest()).isEqualTo(digest);
    world.restart();
  }

  @Test
  void whoReadsWhileObjectsAreRemovedFindsWhateverTheHeadNames() {
    World world = new World("raced", TWO);
    List<ReconstructionRecord> records = capture(world, 25, 5);
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Integer> reader =
        CompletableFuture.supplyAsync(
            () -> {
              int rounds = 0;
              while (!over.get()) {
                rounds += read(world.objects) ? 1 : 0;
              }
              return rounds;
            });
    records.forEach(world::publish);
    over.set(true);
    assertThat(reader.join()).isPositive();
  }

  /** Reads all that the head names; what is missing must be of a version that is kept no more. */
  private static boolean read(ObjectStore objects) {
    Optional<SceneHead> head = readHead(objects);
    if (head.isEmpty()) {
      return false;
    }
    Optional<List<String>> needed = needed(objects, head.get());
    boolean whole =
        needed.isPresent() && needed.get().stream().allMatch(key -> objects.get(key).isPresent());
    if (!whole) {
      assertThat(readHead(objects).orElseThrow().version())
          .as("something that version %d names is missing", head.get().version())
          .isGreaterThan(head.get().version());
    }
    return whole;
  }

  private static Optional<SceneHead> readHead(ObjectStore objects) {
    return objects.get(SceneKeys.head(SCENE)).map(o -> SceneJson.readHead(o.bytes()));
  }

  /** Keys of all objects of all versions that the head says are kept; empty when one is missing. */
  private static Optional<List<String>> needed(ObjectStore objects, SceneHead head) {
    List<String> keys = new ArrayList<>();
    ObjectRef history = Objects.requireNonNull(head.history());
    keys.add(history.key());
    Optional<StoredObject> kept = objects.get(history.key());
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    for (Kept version : SceneJson.readHistory(kept.get().bytes()).versions()) {
      Optional<StoredObject> stored = objects.get(version.manifest().key());
      if (stored.isEmpty()) {
        return Optional.empty();
      }
      SceneManifest manifest = SceneJson.readManifest(stored.get().bytes());
      keys.add(version.manifest().key());
      manifest.tiles().forEach(t -> keys.add(t.mesh().key()));
      manifest.windowChunks().forEach(c -> keys.add(c.object().key()));
      SceneManifest.Detail detail = Objects.requireNonNull(manifest.detail());
      Optional<SceneLevels> levels =
          objects.get(detail.levels().key()).map(o -> SceneJson.readLevels(o.bytes()));
      if (levels.isEmpty()) {
        return Optional.empty();
      }
      keys.add(detail.tileset().key());
      keys.add(detail.levels().key());
      levels.get().nodes().stream()
          .map(SceneLevels.Node::mesh)
          .filter(Objects::nonNull)
          .forEach(mesh -> keys.add(mesh.key()));
      ObjectRef snapshot = manifest.snapshot();
      if (snapshot != null) {
        Optional<VolumeSnapshot> content =
            objects.get(snapshot.key()).map(o -> SceneJson.readSnapshot(o.bytes()));
        if (content.isEmpty()) {
          return Optional.empty();
        }
        keys.add(snapshot.key());
        content.get().voxels().forEach(v -> keys.add(v.object().key()));
      }
    }
    return Optional.of(keys);
  }

  @Test
  void whoHasLostTheSceneRemovesNothing() {
    World world = new World("lost", ALL);
    capture(world, 7, 6).forEach(world::publish);
    Collector collector = new Collector(world.objects, SCENE);
    ObjectRef history = Objects.requireNonNull(world.head().history());
    collector.collect(world.history(), history, () -> true); // older histories
    String stray =
        world
            .objects
            .putIfAbsent(SceneKeys.tile(SCENE, "00"), new byte[] {1}, "model/gltf-binary")
            .getKey();
    List<String> before = world.objects.list(SceneKeys.prefix(SCENE));
    assertThatThrownBy(() -> collector.collect(world.history(), history, () -> false))
        .hasMessageContaining("another fusion");
    assertThat(world.objects.list(SceneKeys.prefix(SCENE))).isEqualTo(before);
    // Whoever owns it removes what a dead writer left, and that alone.
    assertThat(collector.collect(world.history(), history, () -> true)).isEqualTo(1);
    assertThat(world.objects.list(SceneKeys.prefix(SCENE)))
        .isEqualTo(before.stream().filter(key -> !key.equals(stray)).toList());
  }

  @Test
  void tilesOfAnUnchangedRegionKeepTheirNamesThroughAKill() {
    World world = new World("names", ALL);
    List<ReconstructionRecord> records = capture(world, 28, 7);
    records.subList(0, 7).forEach(world::publish);
    SceneManifest before = world.manifest();
    world.restart();
    records.subList(7, records.size()).forEach(world::publish);
    World undisturbed = new World("names-undisturbed", ALL);
    capture(undisturbed, 28, 7).forEach(undisturbed::publish);
    assertThat(world.manifest().tiles()).isEqualTo(undisturbed.manifest().tiles());
    assertThat(levels(world)).isNotEmpty().isEqualTo(levels(undisturbed));
    long same = before.tiles().stream().filter(world.manifest().tiles()::contains).count();
    assertThat(same).as("tiles that the last windows do not see").isPositive();
    assertThat(same).isLessThan(before.tiles().size());
  }

  private static List<SceneLevels.Node> levels(World world) {
    return levels(world, world.manifest());
  }

  @Test
  void aViewerOpensTheTilesetOfEveryVersionStraightFromTheStore() throws IOException {
    World world = new World("tilesets", ALL);
    capture(world, 13, 8).forEach(world::publish);
    for (Kept version : world.history()) {
      SceneManifest manifest = SceneJson.readManifest(world.bytes(version.manifest()));
      String key = Objects.requireNonNull(manifest.detail()).tileset().key();
      JsonNode root = new ObjectMapper().readTree(read(world, key)).path("root");
      Set<String> opened = new TreeSet<>();
      for (String uri : root.findValuesAsText("uri")) {
        String content = key.substring(0, key.lastIndexOf('/') + 1) + uri;
        assertThat(GlbReader.read(read(world, content)).triangles()).isPositive();
        opened.add(content);
      }
      assertThat(opened).containsAll(manifest.tiles().stream().map(t -> t.mesh().key()).toList());
      // At the end of a capture every coarser level is there.
      assertThat(opened.size() > manifest.tiles().size())
          .isEqualTo(!levels(world, manifest).isEmpty());
      if (!version.closes().isEmpty()) {
        assertThat(withoutContent(root.path("children"))).isZero();
      }
    }
  }

  private static List<SceneLevels.Node> levels(World world, SceneManifest manifest) {
    return SceneJson.readLevels(world.bytes(Objects.requireNonNull(manifest.detail()).levels()))
        .nodes();
  }

  private static byte[] read(World world, String key) {
    return world.objects.get(key).orElseThrow().bytes();
  }

  private static int withoutContent(JsonNode tiles) {
    int count = 0;
    for (JsonNode tile : tiles) {
      count += (tile.has("content") ? 0 : 1) + withoutContent(tile.path("children"));
    }
    return count;
  }

  @Test
  void oldVersionsAreThinnedByTimeAndEndsOfCapturesStay() {
    Retention hourly = new Retention(2, Duration.ofHours(1));
    List<Kept> versions = new ArrayList<>();
    for (int version = 1; version <= 10; version++) {
      versions.add(at(version, 20L * version, version == 4 ? List.of("c") : List.of()));
    }
    assertThat(hourly.of(versions).stream().map(Kept::version))
        .containsExactly(2L, 4L, 5L, 8L, 9L, 10L);
    assertThat(TWO.of(versions).stream().map(Kept::version)).containsExactly(4L, 9L, 10L);
  }

  private static Kept at(long version, long minutes, List<String> closes) {
    ObjectRef ref = new ObjectRef("", 0, "", "");
    return new Kept(
        version,
        ref,
        "",
        Duration.ofMinutes(minutes).toNanos(),
        0,
        0,
        0,
        List.of(),
        List.of(),
        closes,
        null);
  }
}
