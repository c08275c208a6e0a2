package io.lite3r.fusion.edge;

import io.lite3r.fusion.tsdf.ColdTiles;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.fusion.tsdf.VoxelCodec;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * Tiles of one scene that its running fusion has no room for, or has not wanted yet, in the object
 * store. Those that were put lie under keys made of their content; no version names them: they live
 * as long as this process owns the scene. What a process that died has left is removed when the
 * next one begins; if that one was wrong about the death, the other finds its tiles gone and stops,
 * as it must. The others lie in a snapshot, which goes on to name them until they are put.
 */
final class ColdObjects implements ColdTiles {
  private final ObjectStore objects;
  private final OutcomeMapping outcomes;
  private final ContentWriter contents;
  private final String scene;
  private final TreeMap<TileId, ObjectRef> kept = new TreeMap<>();

  ColdObjects(ObjectStore objects, String scene) {
    this.objects = objects;
    this.outcomes = new OutcomeMapping(objects);
    this.contents = new ContentWriter(objects);
    this.scene = scene;
    objects.deleteAll(SceneKeys.cold(scene));
  }

  /** Takes note of a tile whose voxels are part of a snapshot. */
  void lies(TileId tile, ObjectRef inSnapshot) {
    kept.put(tile, inSnapshot);
  }

  @Override
  public void put(SortedMap<TileId, byte[]> voxels) {
    List<Callable<ObjectRef>> writes = new ArrayList<>();
    voxels.forEach(
        (tile, bytes) ->
            writes.add(
                () ->
                    contents.put(
                        sha -> SceneKeys.cold(scene) + tile + "-" + sha,
                        bytes,
                        VoxelCodec.MEDIA_TYPE)));
    List<ObjectRef> written = contents.together(writes);
    List<String> outdated = new ArrayList<>();
    int next = 0;
    for (Map.Entry<TileId, byte[]> entry : voxels.entrySet()) {
      ObjectRef now = written.get(next++);
      ObjectRef before = kept.put(entry.getKey(), now);
      if (before != null && !before.equals(now) && before.key().startsWith(SceneKeys.cold(scene))) {
        outdated.add(before.key());
      }
    }
    if (!outdated.isEmpty()) {
      objects.delete(outdated);
    }
  }

  @Override
  public List<byte[]> get(List<TileId> tiles) {
    List<Callable<byte[]>> reads = new ArrayList<>();
    for (TileId tile : tiles) {
      ObjectRef ref = kept.get(tile);
      if (ref == null) {
        throw new IllegalStateException("tile %s of scene %s was never put".formatted(tile, scene));
      }
      reads.add(() -> objects.get(outcomes.check(ref)));
    }
    return contents.together(reads);
  }
}
