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

  private static final int AROUND = 3;

  /** The tile's blocks and those of the tiles around it, by tile x, then y, then z. */
  private final @Nullable Block[] @Nullable [] blocks =
      new @Nullable Block[AROUND * AROUND * AROUND] @Nullable [];

  private static final int BLOCKS_AROUND = TileId.BLOCKS + 2;
  private static final int IN_FRONT = 1;
  private static final int BEHIND = 2;

  private final float[] distance;

  /** For each block of the tile and around it, on which sides of a surface it has voxels. */
  private final byte[] sides = new byte[BLOCKS_AROUND * BLOCKS_AROUND * BLOCKS_AROUND];

  /**
   * @param leastWeight voxels with less weight count as unseen
   * @param memory EDGE x EDGE x EDGE numbers, which become the field: signed distances in
   *     truncation lengths, NaN where unseen
   */
  public TileField(Volume volume, TileId tile, long leastWeight, float[] memory) {
    distance = memory;
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] =
          volume.blocks(
              new TileId(
                  tile.x() + i / (AROUND * AROUND) - 1,
                  tile.y() + i / AROUND % AROUND - 1,
                  tile.z() + i % AROUND - 1));
    }
    Arrays.fill(distance, Float.NaN);
    for (int bz = -1; bz <= TileId.BLOCKS; bz++) {
      for (int by = -1; by <= TileId.BLOCKS; by++) {
        for (int bx = -1; bx <= TileId.BLOCKS; bx++) {
          Block block = block(bx, by, bz);
          if (block != null) {
            sides[blockIndex(bx, by, bz)] =
                (byte) read(block, bx * Block.EDGE, by * Block.EDGE, bz * Block.EDGE, leastWeight);
          }
        }
      }
    }
  }

  private @Nullable Block block(int bx, int by, int bz) {
    int tx = Math.floorDiv(bx, TileId.BLOCKS) + 1;
    int ty = Math.floorDiv(by, TileId.BLOCKS) + 1;
    int tz = Math.floorDiv(bz, TileId.BLOCKS) + 1;
    @Nullable Block @Nullable [] ofTile = blocks[(tx * AROUND + ty) * AROUND + tz];
    return ofTile == null ? null : ofTile[Tile.index(bx, by, bz)];
  }

  private int read(Block block, int x0, int y0, int z0, long leastWeight) {
    int xFrom = Math.max(0, -1 - x0);
    int xTo = Math.min(Block.EDGE - 1, TileId.VOXELS - x0);
    int yFrom = Math.max(0, -1 - y0);
    int yTo = Math.min(Block.EDGE - 1, TileId.VOXELS - y0);
    int zFrom = Math.max(0, -1 - z0);
    int zTo = Math.min(Block.EDGE - 1, TileId.VOXELS - z0);
    int[] recent = block.recent;
    boolean plain = block.isPlain();
    int found = 0;
    for (int z = zFrom; z <= zTo; z++) {
      for (int y = yFrom; y <= yTo; y++) {
        int from = (z << 6) | (y << 3);
        int to = index(x0, y0 + y, z0 + z);
        for (int x = xFrom; x <= xTo; x++) {
          int weightAt = Block.WEIGHT + from + x;
          long weight = plain ? recent[weightAt] : block.total(weightAt);
          if (weight >= leastWeight) {
            int sumAt = Block.DISTANCE + from + x;
            long sum = plain ? recent[sumAt] : block.total(sumAt);
            distance[to + x] = (float) sum / (weight * Volume.FULL_DISTANCE);
            found |= sum > 0 ? IN_FRONT : BEHIND;
          }
        }
      }
    }
    return found;
  }

  private static int blockIndex(int bx, int by, int bz) {
    return ((bz + 1) * BLOCKS_AROUND + by + 1) * BLOCKS_AROUND + bx + 1;
  }

  /**
   * Whether a surface may run between voxels of the block and those one further along any axes. A
   * block is -1 to {@link TileId#BLOCKS} - 1 along each axis.
   */
  public boolean mayCross(int bx, int by, int bz) {
    int found = 0;
    for (int c = 0; c < 8; c++) {
      found |= sides[blockIndex(bx + (c & 1), by + ((c >> 1) & 1), bz + (c >> 2))];
    }
    return found == (IN_FRONT | BEHIND);
  }

  /** Where a sample stands in the field's memory; x is fastest. */
  public static int index(int x, int y, int z) {
    return ((z + 1) * EDGE + y + 1) * EDGE + x + 1;
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
