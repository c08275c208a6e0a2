package io.lite3r.fusion.edge;

import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.SceneDigest;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.fusion.tsdf.VoxelCodec;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.VolumeSnapshot;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The volume of one scene in the object store: a snapshot, and the windows since, to be replayed.
 */
final class StoredVolume {
  private final ObjectStore objects;
  private final OutcomeMapping outcomes;
  private final ContentWriter contents;
  private final ColdObjects cold;
  private final String scene;
  private final Parallel parallel;
  private final TreeMap<TileId, ObjectRef> voxels = new TreeMap<>();
  private @Nullable ObjectRef snapshot;
  private int windowsInSnapshot;

  StoredVolume(ObjectStore objects, ColdObjects cold, String scene, Parallel parallel) {
    this.objects = objects;
    this.outcomes = new OutcomeMapping(objects);
    this.contents = new ContentWriter(objects);
    this.cold = cold;
    this.scene = scene;
    this.parallel = parallel;
  }

  /**
   * What the volume was made from again.
   *
   * @param snapshotNs time to read the snapshot
   * @param windows windows after it that were integrated again
   * @param replayNs time for those
   */
  record Resumption(long snapshotNs, int windows, long replayNs) {}

  void forget() {
    voxels.clear();
    snapshot = null;
    windowsInSnapshot = 0;
  }

  @Nullable ObjectRef snapshot() {
    return snapshot;
  }

  int windowsInSnapshot() {
    return windowsInSnapshot;
  }

  /**
   * Fills the empty volume of a scene as a version has it. Tiles stay in the snapshot until they
   * are wanted, so a start costs what the replayed windows see and not what the scene has.
   */
  Resumption read(
      SceneManifest manifest, List<WindowEntry> windows, FusedScene into, Volume volume) {
    long start = System.nanoTime();
    snapshot = manifest.snapshot();
    if (snapshot != null) {
      VolumeSnapshot content = SceneJson.readSnapshot(objects.get(outcomes.check(snapshot)));
      windowsInSnapshot = (int) (content.nextWindow() - (manifest.nextWindow() - windows.size()));
      for (VolumeSnapshot.TileVoxels tile : content.voxels()) {
        TileId id = TileId.parse(tile.tile());
        voxels.put(id, tile.object());
        cold.lies(id, tile.object());
        volume.restore(id, digest(tile));
        volume.keepToBudget();
      }
    }
    long read = System.nanoTime();
    int replayed = 0;
    for (WindowEntry entry : windows.subList(windowsInSnapshot, windows.size())) {
      if (entry.sceneFromSubmap() != null && entry.status() == WindowStatus.FUSED) {
        into.reintegrate(entry, outcomes.planes(entry));
        replayed++;
      }
    }
    volume.takeChangedTiles(); // their surface is in the version that was read
    return new Resumption(read - start, replayed, System.nanoTime() - read);
  }

  private static byte @Nullable [] digest(VolumeSnapshot.TileVoxels tile) {
    String digest = tile.digest();
    return digest == null ? null : HexFormat.of().parseHex(digest);
  }

  /** Writes the tiles whose voxels have changed since the last snapshot, and a new one. */
  void write(FusedScene from, Volume volume) {
    List<TileId> unsaved = volume.takeUnsavedTiles();
    byte[][] bytes = new byte[unsaved.size()][];
    parallel.forEach(
        unsaved.size(),
        1,
        (first, last) -> {
          for (int i = first; i < last; i++) {
            bytes[i] = VoxelCodec.write(volume, unsaved.get(i));
          }
        });
    List<Callable<ObjectRef>> writes = new ArrayList<>();
    for (byte[] tile : bytes) {
      writes.add(
          () -> contents.put(sha -> SceneKeys.voxels(scene, sha), tile, VoxelCodec.MEDIA_TYPE));
    }
    List<ObjectRef> written = contents.together(writes);
    for (int i = 0; i < unsaved.size(); i++) {
      voxels.put(unsaved.get(i), written.get(i));
    }
    VolumeSnapshot content =
        new VolumeSnapshot(
            SceneJson.SNAPSHOT_FORMAT,
            from.nextWindow(),
            voxels.entrySet().stream().map(e -> entry(volume, e.getKey(), e.getValue())).toList());
    snapshot =
        contents.put(
            sha -> SceneKeys.snapshot(scene, sha), SceneJson.write(content), SceneJson.MEDIA_TYPE);
    windowsInSnapshot = from.windows().size();
  }

  private static VolumeSnapshot.TileVoxels entry(Volume volume, TileId tile, ObjectRef object) {
    return new VolumeSnapshot.TileVoxels(
        tile.toString(), object, HexFormat.of().formatHex(SceneDigest.ofTile(volume, tile)));
  }
}
