package io.lite3r.schemas.scene;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The volume as it was after some window; later windows are integrated again from their stored
 * submaps at the poses their entries give, which yields the same integers. Only fusion reads it.
 *
 * @param format {@link SceneJson#SNAPSHOT_FORMAT}
 * @param nextWindow number of the first window that is not in it
 * @param voxels one object of voxel blocks for every tile that has any, sorted by tile id
 */
public record VolumeSnapshot(String format, long nextWindow, List<TileVoxels> voxels) {
  public VolumeSnapshot {
    voxels = List.copyOf(voxels);
  }

  /**
   * @param tile id of the tile
   * @param object its voxel blocks, {@code application/x-lite3r-voxels}
   * @param digest of these voxels as it enters the scene's, hex, so that a scene can be opened and
   *     checked without reading them; empty when nothing was seen in the tile; absent in snapshots
   *     from before 2026-12
   */
  public record TileVoxels(String tile, ObjectRef object, @Nullable String digest) {}
}
