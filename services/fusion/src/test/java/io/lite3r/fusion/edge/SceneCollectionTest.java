package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.lite3r.schemas.v1.ReconstructionRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Which versions are kept, and what of the others is removed. */
class SceneCollectionTest {
  @Test
  void whatNoKeptVersionNeedsIsRemovedAndTheRestIsWhole() {
    VersionedFusion world = new VersionedFusion("collected", VersionedFusion.TWO);
    world.capture(19, 4).forEach(world::publish);
    assertThat(world.head().version()).isEqualTo(7);
    assertThat(world.history().stream().map(Kept::version)).containsExactly(6L, 7L);
    Set<String> needed = new TreeSet<>(needed(world.objects, world.head()).orElseThrow());
    needed.add(SceneKeys.head(VersionedFusion.SCENE));
    assertThat(world.objects.list(SceneKeys.prefix(VersionedFusion.SCENE)))
        .containsExactlyElementsOf(needed);
    // Kept means that it can be gone back to.
    String digest = world.history().getFirst().digest();
    world.take(world.rollback(6, 1));
    assertThat(world.head().version()).isEqualTo(8);
    assertThat(world.head().digest()).isEqualTo(digest);
    world.restart();
  }

  @Test
  void whoReadsWhileObjectsAreRemovedFindsWhateverTheHeadNames() {
    VersionedFusion world = new VersionedFusion("raced", VersionedFusion.TWO);
    List<ReconstructionRecord> records = world.capture(25, 5);
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
    return objects
        .get(SceneKeys.head(VersionedFusion.SCENE))
        .map(o -> SceneJson.readHead(o.bytes()));
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
      for (SceneManifest.TileGroup group : manifest.tileGroups()) {
        keys.add(group.tiles().key());
        keys.add(group.tileset().key());
        Optional<StoredObject> list = objects.get(group.tiles().key());
        if (list.isEmpty()) {
          return Optional.empty();
        }
        SceneJson.readTiles(list.get().bytes())
            .tiles()
            .forEach(tile -> keys.add(tile.mesh().key()));
      }
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
    VersionedFusion world = new VersionedFusion("lost", VersionedFusion.ALL);
    world.capture(7, 6).forEach(world::publish);
    Collector collector = new Collector(world.objects, VersionedFusion.SCENE);
    ObjectRef history = Objects.requireNonNull(world.head().history());
    collector.collect(world.history(), history, () -> true); // older histories
    String stray =
        world
            .objects
            .putIfAbsent(
                SceneKeys.tile(VersionedFusion.SCENE, "00"), new byte[] {1}, "model/gltf-binary")
            .getKey();
    List<String> before = world.objects.list(SceneKeys.prefix(VersionedFusion.SCENE));
    assertThatThrownBy(() -> collector.collect(world.history(), history, () -> false))
        .hasMessageContaining("another fusion");
    assertThat(world.objects.list(SceneKeys.prefix(VersionedFusion.SCENE))).isEqualTo(before);
    // Whoever owns it removes what a dead writer left, and that alone.
    assertThat(collector.collect(world.history(), history, () -> true)).isEqualTo(1);
    assertThat(world.objects.list(SceneKeys.prefix(VersionedFusion.SCENE)))
        .isEqualTo(before.stream().filter(key -> !key.equals(stray)).toList());
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
    assertThat(VersionedFusion.TWO.of(versions).stream().map(Kept::version))
        .containsExactly(4L, 9L, 10L);
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
