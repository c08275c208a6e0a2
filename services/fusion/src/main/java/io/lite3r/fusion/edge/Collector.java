package io.lite3r.fusion.edge;

import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.ObjectStoreException;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneLevels;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.VolumeSnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Removes the objects of a scene that no kept version needs: those of versions that are not kept
 * any more, and what a writer that died has left. Only the fusion that owns the scene calls it,
 * between two of its versions, so nothing is being written of which no manifest tells yet.
 *
 * <p>A fusion that lost the scene without knowing must not remove what its successor has written.
 * Before each batch it looks whether the head is still the one that it wrote, and a listing is good
 * for 20 s only, which is less than the broker takes to give the scene to somebody else
 * (docs/adr/0011).
 */
final class Collector {
  private static final Logger LOG = Logger.getLogger(Collector.class);
  private static final int BATCH = 200;
  private static final Duration LISTING_IS_GOOD_FOR = Duration.ofSeconds(20);

  private final ObjectStore objects;
  private final OutcomeMapping outcomes;
  private final String scene;

  /** What each kept version needs, by the key of its manifest, which never changes. */
  private final Map<String, Set<String>> needs = new HashMap<>();

  private final Map<String, Set<String>> snapshotNeeds = new HashMap<>();

  /** The meshes of each list of tiles. */
  private final Map<String, Set<String>> listNeeds = new HashMap<>();

  Collector(ObjectStore objects, String scene) {
    this.objects = objects;
    this.outcomes = new OutcomeMapping(objects);
    this.scene = scene;
  }

  /**
   * @param history where the list of kept versions is
   * @param ownsScene whether the head is still the caller's
   * @return how many objects were removed
   */
  int collect(List<Kept> kept, ObjectRef history, BooleanSupplier ownsScene) {
    Set<String> needed = new HashSet<>();
    try {
      kept.forEach(version -> needed.addAll(needs(version)));
    } catch (ObjectStoreException.Missing | ObjectStoreException.Corrupt e) {
      LOG.warnf(e, "nothing of scene %s is removed: a kept version cannot be read", scene);
      return 0;
    }
    needs.keySet().retainAll(kept.stream().map(v -> v.manifest().key()).toList());
    snapshotNeeds.keySet().retainAll(needed);
    listNeeds.keySet().retainAll(needed);
    needed.add(SceneKeys.head(scene));
    needed.add(history.key());
    long listedAt = System.nanoTime();
    List<String> garbage =
        objects.list(SceneKeys.prefix(scene)).stream().filter(k -> !needed.contains(k)).toList();
    int removed = 0;
    while (removed < garbage.size()
        && System.nanoTime() - listedAt < LISTING_IS_GOOD_FOR.toNanos()) {
      if (!ownsScene.getAsBoolean()) {
        throw new IllegalStateException(
            "the head of scene %s was moved by another fusion; this one does not own the scene any more"
                .formatted(scene));
      }
      List<String> batch = garbage.subList(removed, Math.min(garbage.size(), removed + BATCH));
      objects.delete(batch);
      removed += batch.size();
    }
    return removed;
  }

  private Set<String> needs(Kept version) {
    Set<String> known = needs.get(version.manifest().key());
    if (known == null) {
      known = new HashSet<>();
      known.add(version.manifest().key());
      SceneManifest manifest =
          SceneJson.readManifest(objects.get(outcomes.check(version.manifest())));
      for (SceneManifest.Tile tile : manifest.tiles()) {
        known.add(tile.mesh().key());
      }
      for (SceneManifest.TileGroup group : manifest.tileGroups()) {
        known.add(group.tiles().key());
        known.add(group.tileset().key());
        known.addAll(meshes(group.tiles()));
      }
      for (SceneManifest.WindowChunk chunk : manifest.windowChunks()) {
        known.add(chunk.object().key());
      }
      SceneManifest.Detail detail = manifest.detail();
      if (detail != null) {
        known.add(detail.tileset().key());
        known.add(detail.levels().key());
        known.addAll(levels(detail.levels()));
      }
      ObjectRef snapshot = manifest.snapshot();
      if (snapshot != null) {
        known.add(snapshot.key());
        known.addAll(voxels(snapshot));
      }
      needs.put(version.manifest().key(), known);
    }
    return known;
  }

  private Set<String> meshes(ObjectRef list) {
    Set<String> known = listNeeds.get(list.key());
    if (known == null) {
      known = new HashSet<>();
      for (SceneManifest.Tile tile :
          SceneJson.readTiles(objects.get(outcomes.check(list))).tiles()) {
        known.add(tile.mesh().key());
      }
      listNeeds.put(list.key(), known);
    }
    return known;
  }

  private Set<String> levels(ObjectRef levels) {
    Set<String> known = new HashSet<>();
    for (SceneLevels.Node node :
        SceneJson.readLevels(objects.get(outcomes.check(levels))).nodes()) {
      ObjectRef mesh = node.mesh();
      if (mesh != null) {
        known.add(mesh.key());
      }
    }
    return known;
  }

  private Set<String> voxels(ObjectRef snapshot) {
    Set<String> known = snapshotNeeds.get(snapshot.key());
    if (known == null) {
      known = new HashSet<>();
      for (VolumeSnapshot.TileVoxels tile :
          SceneJson.readSnapshot(objects.get(outcomes.check(snapshot))).voxels()) {
        known.add(tile.object().key());
      }
      snapshotNeeds.put(snapshot.key(), known);
    }
    return known;
  }
}
