package io.lite3r.fusion.tsdf;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one tile, in memory or laid down as bytes. What is laid down keeps its digest, so
 * that the scene's needs no reading.
 */
final class Tile {
  private static final int SIZE = TileId.BLOCKS * TileId.BLOCKS * TileId.BLOCKS;

  final TileId id;

  /** By x, then y, then z; absent while the tile is laid down. */
  volatile @Nullable Block @Nullable [] blocks = none();

  /** The clock of the volume when it was last wanted. */
  long wanted;

  /** Of its blocks' digests; absent once a voxel has changed. */
  byte @Nullable [] hash;

  /** Whether a voxel has changed since the tile was laid down; true if it never was. */
  boolean warm = true;

  /** Whether a voxel has changed since the volume was last asked which tiles have. */
  boolean unsaved;

  /** Which of the 26 tiles around it, and itself, a change of its voxels has reached. */
  int reached;

  Tile(TileId id) {
    this.id = id;
  }

  /** A tile that was laid down with these voxels' digest. */
  static Tile laidDown(TileId id, byte @Nullable [] digest) {
    Tile tile = new Tile(id);
    tile.blocks = null;
    tile.hash = digest;
    tile.warm = false;
    return tile;
  }

  static @Nullable Block[] none() {
    return new @Nullable Block[SIZE];
  }

  static int index(int bx, int by, int bz) {
    int mask = TileId.BLOCKS - 1;
    return ((bx & mask) * TileId.BLOCKS + (by & mask)) * TileId.BLOCKS + (bz & mask);
  }

  static int index(long key) {
    return index(BlockKey.x(key), BlockKey.y(key), BlockKey.z(key));
  }

  /** The blocks there are, by key, which is by x, then y, then z. */
  static List<Block> present(@Nullable Block[] blocks) {
    List<Block> present = new ArrayList<>();
    for (Block block : blocks) {
      if (block != null) {
        present.add(block);
      }
    }
    return present;
  }
}
