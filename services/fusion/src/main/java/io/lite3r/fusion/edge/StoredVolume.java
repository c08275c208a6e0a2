package io.lite3r.fusion.edge;

import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.tsdf.Parallel;
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
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The volume of one scene in the object store: a snapshot, and the windows since, to be replayed.
 */
final class StoredVolume {
  /** So that a volume does not outgrow its budget by much while it is read. */
  private static final int TILES_AT_A_TIME = 8;

  private final ObjectStore objects;
  private final OutcomeMapping outcomes;
  private final ContentWriter contents;
  private final String scene;
  private final Parallel parallel;
  private final TreeMap<TileId, ObjectRef> voxels = new TreeMap<>();
  private @Nullable ObjectRef snapshot;
  private int windowsInSnapshot;

  StoredVolume(ObjectStore objects, String scene, Parallel parallel) {
    this.objects = objects;
    this.outcomes = new OutcomeMapping(objects);
    this.contents = new ContentWriter(objects);
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

  /** Fills the empty volume of a scene as a version has it. */
  Resumption read(
      SceneManifest manifest, List<WindowEntry> windows, FusedScene into, Volume volume) {
    long start = System.nanoTime();
    snapshot = manifest.snapshot();
    if (snapshot != null) {
      VolumeSnapshot content = SceneJson.readSnapshot(objects.get(outcomes.check(snapshot)));
      windowsInSnapshot = (int) (content.nextWindow() - (manifest.nextWindow() - windows.size()));
      List<VolumeSnapshot.TileVoxels> tiles = content.voxels();
      for (int from = 0; from < tiles.size(); from += TILES_AT_A_TIME) {
        read(tiles.subList(from, Math.min(from + TILES_AT_A_TIME, tiles.size())), volume);
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

  private void read(List<VolumeSnapshot.TileVoxels> tiles, Volume volume) {
    List<Callable<byte[]>> gets = new ArrayList<>();
    for (VolumeSnapshot.TileVoxels tile : tiles) {
      voxels.put(TileId.parse(tile.tile()), tile.object());
      gets.add(() -> objects.get(outcomes.check(tile.object())));
    }
    VoxelCodec.restore(volume, contents.together(gets), parallel);
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
            voxels.entrySet().stream()
                .map(e -> new VolumeSnapshot.TileVoxels(e.getKey().toString(), e.getValue()))
                .toList());
    snapshot =
        contents.put(
            sha -> SceneKeys.snapshot(scene, sha), SceneJson.write(content), SceneJson.MEDIA_TYPE);
    windowsInSnapshot = from.windows().size();
  }
}
