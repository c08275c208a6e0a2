package io.lite3r.fusion.tsdf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A truncated signed distance field over hashed blocks. Distances are positive in front of a
 * surface. Only {@link Integrator} and {@link VoxelCodec} change it.
 *
 * <p>Not safe for concurrent changes; reading by several threads is.
 */
public final class Volume {
  /** A distance of one truncation length, as it is stored. */
  public static final int FULL_DISTANCE = 1024;

  private final double voxelSize;
  private final int truncationVoxels;
  private Block[] table = new Block[1024];
  private final List<Block> blocks = new ArrayList<>();
  private final TreeSet<TileId> changedTiles = new TreeSet<>();
  private final TreeSet<TileId> unsavedTiles = new TreeSet<>();

  public Volume(double voxelSize, int truncationVoxels) {
    if (!(voxelSize > 0) || Double.isInfinite(voxelSize)) {
      throw new IllegalArgumentException("a voxel needs a finite positive size, got " + voxelSize);
    }
    if (truncationVoxels < 2 || truncationVoxels > 16) {
      throw new IllegalArgumentException(
          "truncation is between 2 and 16 voxels, got " + truncationVoxels);
    }
    this.voxelSize = voxelSize;
    this.truncationVoxels = truncationVoxels;
  }

  /** Edge of a voxel, scene units. */
  public double voxelSize() {
    return voxelSize;
  }

  /** Where distances are cut off, scene units. */
  public double truncation() {
    return truncationVoxels * voxelSize;
  }

  public int blockCount() {
    return blocks.size();
  }

  /** Bytes its voxels occupy. */
  public long bytes() {
    return 4L * Block.SUMS * blocks.size();
  }

  @Nullable Block find(long key) {
    int mask = table.length - 1;
    int slot = BlockKey.hash(key) & mask;
    for (Block block = table[slot]; block != null; block = table[slot]) {
      if (block.key == key) {
        return block;
      }
      slot = (slot + 1) & mask;
    }
    return null;
  }

  Block findOrAdd(long key) {
    Block found = find(key);
    if (found != null) {
      return found;
    }
    Block block = new Block(key);
    blocks.add(block);
    if (2 * blocks.size() > table.length) {
      table = new Block[2 * table.length];
      blocks.forEach(this::place);
    } else {
      place(block);
    }
    return block;
  }

  private void place(Block block) {
    int mask = table.length - 1;
    int slot = BlockKey.hash(block.key) & mask;
    while (table[slot] != null) {
      slot = (slot + 1) & mask;
    }
    table[slot] = block;
  }

  /** A block is about to change: so do the tiles whose surface looks at it. */
  void touch(long key) {
    int x = BlockKey.x(key);
    int y = BlockKey.y(key);
    int z = BlockKey.z(key);
    unsavedTiles.add(TileId.ofBlock(x, y, z));
    for (int dz = -1; dz <= 1; dz++) {
      for (int dy = -1; dy <= 1; dy++) {
        for (int dx = -1; dx <= 1; dx++) {
          changedTiles.add(TileId.ofBlock(x + dx, y + dy, z + dz));
        }
      }
    }
  }

  /** Tiles whose surface may differ since this was last asked, in order; asking forgets them. */
  public List<TileId> takeChangedTiles() {
    List<TileId> taken = List.copyOf(changedTiles);
    changedTiles.clear();
    return taken;
  }

  /** Tiles with voxels that differ since this was last asked, in order; asking forgets them. */
  public List<TileId> takeUnsavedTiles() {
    List<TileId> taken = List.copyOf(unsavedTiles);
    unsavedTiles.clear();
    return taken;
  }

  /** Blocks by key, which is by x, then y, then z. */
  Collection<Block> sortedBlocks() {
    TreeMap<Long, Block> sorted = new TreeMap<>();
    blocks.forEach(block -> sorted.put(block.key, block));
    return Collections.unmodifiableCollection(sorted.values());
  }

  /** Every tile that holds a block, in order. */
  public List<TileId> tiles() {
    TreeSet<TileId> tiles = new TreeSet<>();
    blocks.forEach(
        b -> tiles.add(TileId.ofBlock(BlockKey.x(b.key), BlockKey.y(b.key), BlockKey.z(b.key))));
    return List.copyOf(tiles);
  }

  /** The voxel's sums; none when nothing was ever seen there. For tests and exports. */
  public @Nullable Voxel voxel(int x, int y, int z) {
    Block block = find(BlockKey.of(x >> 3, y >> 3, z >> 3));
    if (block == null) {
      return null;
    }
    int i = ((z & 7) << 6) | ((y & 7) << 3) | (x & 7);
    return new Voxel(
        block.total(Block.WEIGHT + i),
        block.total(Block.DISTANCE + i),
        block.total(Block.COLOUR_WEIGHT + i),
        block.total(Block.RED + i),
        block.total(Block.GREEN + i),
        block.total(Block.BLUE + i));
  }

  /** The six sums of a voxel; its distance in truncation lengths is distance / weight / 1024. */
  public record Voxel(
      long weight, long distance, long colourWeight, long red, long green, long blue) {}
}
