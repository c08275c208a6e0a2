package io.lite3r.fusion.tsdf;

import java.util.List;
import java.util.SortedMap;

/**
 * Where a volume lays down tiles that do not fit into memory. What is laid down is given back byte
 * for byte, or the caller hears of it by an exception.
 */
public interface ColdTiles {
  /** Keeps the voxels of tiles, each in place of what was kept of it before. */
  void put(SortedMap<TileId, byte[]> voxels);

  /** The voxels of each tile that were put last, in the order of the tiles. */
  List<byte[]> get(List<TileId> tiles);
}
