package io.lite3r.fusion.tsdf;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A dense reading of a tile and one voxel around it: what extraction of its surface looks at. Local
 * coordinates run from -1 to {@link TileId#VOXELS}, both included.
 */
public final class TileField {
  /** Samples along an edge. */
  public static final int EDGE = TileId.VOXELS + 2;

  private final Volume volume;
  private final TileId tile;
  private final float[] distance = new float[EDGE * EDGE * EDGE];

  /**
   * @param leastWeight voxels with less weight count as unseen
   */
  public TileField(Volume volume, TileId tile, long leastWeight) {
    this.volume = volume;
    this.tile = tile;
    Arrays.fill(distance, Float.NaN);
    for (int bz = -1; bz <= TileId.BLOCKS; bz++) {
      for (int by = -1; by <= TileId.BLOCKS; by++) {
        for (int bx = -1; bx <= TileId.BLOCKS; bx++) {
          Block block = block(bx, by, bz);
          if (block != null) {
            read(block, bx * Block.EDGE, by * Block.EDGE, bz * Block.EDGE, leastWeight);
          }
        }
      }
    }
  }

  private @Nullable Block block(int bx, int by, int bz) {
    int x = tile.x() * TileId.BLOCKS + bx;
    int y = tile.y() * TileId.BLOCKS + by;
    int z = tile.z() * TileId.BLOCKS + bz;
    return BlockKey.inRange(x, y, z) ? volume.find(BlockKey.of(x, y, z)) : null;
  }

  private void read(Block block, int x0, int y0, int z0, long leastWeight) {
    int xFrom = Math.max(0, -1 - x0);
    int xTo = Math.min(Block.EDGE - 1, TileId.VOXELS - x0);
    int yFrom = Math.max(0, -1 - y0);
    int yTo = Math.min(Block.EDGE - 1, TileId.VOXELS - y0);
    int zFrom = Math.max(0, -1 - z0);
    int zTo = Math.min(Block.EDGE - 1, TileId.VOXELS - z0);
    for (int z = zFrom; z <= zTo; z++) {
      for (int y = yFrom; y <= yTo; y++) {
        int from = (z << 6) | (y << 3);
        int to = index(x0, y0 + y, z0 + z);
        for (int x = xFrom; x <= xTo; x++) {
          long weight = block.total(Block.WEIGHT + from + x);
          if (weight >= leastWeight) {
            distance[to + x] =
                (float) block.total(Block.DISTANCE + from + x) / (weight * Volume.FULL_DISTANCE);
          }
        }
      }
    }
  }

  /** Where a sample stands in {@link #distances}; x is fastest. */
  public static int index(int x, int y, int z) {
    return ((z + 1) * EDGE + y + 1) * EDGE + x + 1;
  }

  /** Signed distances in truncation lengths, NaN where unseen; read only. */
  public float[] distances() {
    return distance;
  }

  /** Whether the tile or its rim has a block around the local voxel (x, y, z)'s block. */
  public boolean hasBlock(int bx, int by, int bz) {
    return block(bx, by, bz) != null;
  }

  /**
   * Adds the colour sums of a local voxel: red, green, blue, weight.
   *
   * @param sums four sums that are added to
   */
  public void addColour(int x, int y, int z, long[] sums) {
    Block block = block(x >> 3, y >> 3, z >> 3);
    if (block != null) {
      int i = ((z & 7) << 6) | ((y & 7) << 3) | (x & 7);
      sums[0] += block.total(Block.RED + i);
      sums[1] += block.total(Block.GREEN + i);
      sums[2] += block.total(Block.BLUE + i);
      sums[3] += block.total(Block.COLOUR_WEIGHT + i);
    }
  }
}
