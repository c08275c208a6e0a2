package io.lite3r.fusion.tsdf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A truncated signed distance field over blocks that are held by tiles. Distances are positive in
 * front of a surface. Only {@link Integrator} changes it.
 *
 * <p>Tiles that were not wanted for longest are laid down when the voxels take more memory than
 * they may ({@link VolumeMemory}), and come back when they are wanted. A volume that is restored
 * begins with all of its tiles laid down.
 *
 * <p>Not safe for concurrent changes; reading by several threads is.
 */
public final class Volume {
  /** A distance of one truncation length, as it is stored. */
  public static final int FULL_DISTANCE = 1024;

  /** Laying down goes on to here, so that not every window has to lay down a little. */
  private static final double LOW_WATER = 0.9;

  private final double voxelSize;
  private final int truncationVoxels;
  private final VolumeMemory memory;
  private final Map<TileId, Tile> tiles = new HashMap<>();
  private final TreeMap<TileId, Tile> sorted = new TreeMap<>();
  private final TreeSet<TileId> changedTiles = new TreeSet<>();
  private final TreeSet<TileId> unsavedTiles = new TreeSet<>();
  private final List<Tile> reaching = new ArrayList<>();
  private @Nullable Tile last;
  private int blockCount;
  private int laidDown;
  private long bytes;
  private long clock;

  /** A volume whose voxels all stay in memory. */
  public Volume(double voxelSize, int truncationVoxels) {
    this(voxelSize, truncationVoxels, VolumeMemory.UNBOUNDED);
  }

  public Volume(double voxelSize, int truncationVoxels, VolumeMemory memory) {
    if (!(voxelSize > 0) || Double.isInfinite(voxelSize)) {
      throw new IllegalArgumentException("a voxel needs a finite positive size, got " + voxelSize);
    }
    if (truncationVoxels < 2 || truncationVoxels > 16) {
      throw new IllegalArgumentException(
          "truncation is between 2 and 16 voxels, got " + truncationVoxels);
    }
    this.voxelSize = voxelSize;
    this.truncationVoxels = truncationVoxels;
    this.memory = memory;
  }

  /** Edge of a voxel, scene units. */
  public double voxelSize() {
    return voxelSize;
  }

  /** Where distances are cut off, scene units. */
  public double truncation() {
    return truncationVoxels * voxelSize;
  }

  /** How many blocks it has in memory. */
  public int blockCount() {
    return blockCount;
  }

  /** Bytes that the voxels in memory occupy. */
  public synchronized long bytes() {
    return bytes;
  }

  // ---- blocks -----------------------------------------------------------------------------------

  @Nullable Block find(long key) {
    Tile tile = tiles.get(TileId.ofBlock(key));
    return tile == null ? null : blocks(tile)[Tile.index(key)];
  }

  Block findOrAdd(long key) {
    Tile tile = tile(key);
    tile.wanted = clock;
    @Nullable Block[] blocks = blocks(tile);
    int index = Tile.index(key);
    Block block = blocks[index];
    if (block == null) {
      block = new Block(key);
      blocks[index] = block;
      blockCount++;
      account(block);
    }
    return block;
  }

  /** The tile of the block, which is made when it is not there; mostly the same as last time. */
  private Tile tile(long key) {
    TileId id = TileId.ofBlock(key);
    Tile before = last;
    if (before != null && before.id.equals(id)) {
      return before;
    }
    Tile tile = tiles.get(id);
    if (tile == null) {
      tile = add(new Tile(id));
    }
    last = tile;
    return tile;
  }

  private Tile add(Tile tile) {
    tiles.put(tile.id, tile);
    sorted.put(tile.id, tile);
    return tile;
  }

  /** The tile's blocks by {@link Tile#index}; null when it has none. */
  @Nullable Block @Nullable [] blocks(TileId id) {
    Tile tile = tiles.get(id);
    return tile == null ? null : blocks(tile);
  }

  private @Nullable Block[] blocks(Tile tile) {
    @Nullable Block @Nullable [] blocks = tile.blocks;
    return blocks == null ? fetch(tile) : blocks;
  }

  Tile tile(TileId id) {
    return Objects.requireNonNull(tiles.get(id), () -> "the volume has no tile " + id);
  }

  /** Every tile by id. */
  Collection<Tile> sortedTiles() {
    return Collections.unmodifiableCollection(sorted.values());
  }

  /** Every tile that holds a block, in order. */
  public List<TileId> tiles() {
    return List.copyOf(sorted.keySet());
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

  // ---- memory -----------------------------------------------------------------------------------

  /** Lays down what was not wanted for longest until the voxels take no more than they may. */
  public void keepToBudget() {
    clock++;
    ColdTiles cold = memory.cold();
    if (cold == null || bytes() <= memory.budgetBytes()) {
      return;
    }
    List<Tile> laid = new ArrayList<>();
    TreeMap<TileId, byte[]> changed = new TreeMap<>();
    long remaining = bytes();
    for (Tile tile : longestUnwanted()) {
      if (remaining <= LOW_WATER * memory.budgetBytes()) {
        break;
      }
      List<Block> blocks = Tile.present(Objects.requireNonNull(tile.blocks));
      SceneDigest.remember(tile);
      if (tile.warm) {
        changed.put(tile.id, VoxelCodec.write(blocks));
      }
      remaining -= blocks.stream().mapToLong(b -> b.accounted).sum();
      laid.add(tile);
    }
    cold.put(changed);
    for (Tile tile : laid) {
      List<Block> blocks = Tile.present(Objects.requireNonNull(tile.blocks));
      tile.blocks = null;
      tile.warm = false;
      laidDown++;
      blockCount -= blocks.size();
      forget(blocks);
    }
  }

  private List<Tile> longestUnwanted() {
    return tiles.values().stream()
        .filter(tile -> tile.blocks != null)
        .sorted(Comparator.comparingLong((Tile t) -> t.wanted).thenComparing(t -> t.id))
        .toList();
  }

  /**
   * Takes in a tile whose voxels lie in the memory's {@link ColdTiles} already.
   *
   * @param digest of its voxels, {@link SceneDigest#ofTile}; null when nobody knows: then they are
   *     read now
   * @throws IllegalStateException when the volume has the tile
   */
  public void restore(TileId id, byte @Nullable [] digest) {
    if (memory.cold() == null) {
      throw new IllegalStateException("a volume that stays in memory has nowhere to read from");
    }
    if (tiles.containsKey(id)) {
      throw new IllegalStateException(
          "tile %s is there already; restore into an empty volume".formatted(id));
    }
    Tile tile = add(Tile.laidDown(id, digest));
    laidDown++;
    if (digest == null) {
      fetch(tile);
    }
  }

  /** Whether no tile is laid down. */
  synchronized boolean isInMemory() {
    return laidDown == 0;
  }

  /**
   * Brings back those of the tiles that are laid down, side by side. What is not brought back here
   * comes when it is wanted, one tile after another.
   */
  public void bringBack(Collection<TileId> wanted, Parallel parallel) {
    List<TileId> missing =
        wanted.stream().filter(id -> tiles.get(id) instanceof Tile t && t.blocks == null).toList();
    if (missing.isEmpty()) {
      return;
    }
    List<byte[]> voxels = cold().get(missing);
    parallel.forEach(
        missing.size(),
        1,
        (first, last) -> {
          for (int i = first; i < last; i++) {
            arrive(tile(missing.get(i)), VoxelCodec.read(voxels.get(i)));
          }
        });
  }

  /** Brings one tile back. Several readers may find it missing at the same time. */
  private @Nullable Block[] fetch(Tile tile) {
    synchronized (tile) {
      @Nullable Block @Nullable [] there = tile.blocks;
      return there != null
          ? there
          : arrive(tile, VoxelCodec.read(cold().get(List.of(tile.id)).getFirst()));
    }
  }

  private synchronized @Nullable Block[] arrive(Tile tile, List<Block> read) {
    @Nullable Block[] blocks = Tile.none();
    for (Block block : read) {
      block.changed = false;
      blocks[Tile.index(block.key)] = block;
      account(block);
    }
    blockCount += read.size();
    laidDown--;
    tile.wanted = clock;
    tile.blocks = blocks;
    return blocks;
  }

  private ColdTiles cold() {
    return Objects.requireNonNull(memory.cold());
  }

  /** The tile's voxels as they were laid down; null when they are in memory or there are none. */
  byte @Nullable [] laidDown(TileId id) {
    Tile tile = tiles.get(id);
    return tile == null || tile.blocks != null ? null : cold().get(List.of(id)).getFirst();
  }

  private synchronized void account(Block block) {
    bytes += block.bytes() - block.accounted;
    block.accounted = block.bytes();
  }

  private synchronized void forget(List<Block> blocks) {
    blocks.forEach(block -> bytes -= block.accounted);
  }

  // ---- what has changed -------------------------------------------------------------------------

  /** Takes note of a block's change: so do the tiles whose surface looks at it. */
  void note(Block block) {
    block.changed = false;
    account(block);
    Tile tile = tile(block.key);
    tile.hash = null;
    tile.warm = true;
    if (!tile.unsaved) {
      tile.unsaved = true;
      unsavedTiles.add(tile.id);
    }
    int x = BlockKey.x(block.key) & (TileId.BLOCKS - 1);
    int y = BlockKey.y(block.key) & (TileId.BLOCKS - 1);
    int z = BlockKey.z(block.key) & (TileId.BLOCKS - 1);
    for (int dz = first(z); dz <= last(z); dz++) {
      for (int dy = first(y); dy <= last(y); dy++) {
        for (int dx = first(x); dx <= last(x); dx++) {
          int direction = 1 << ((dz + 1) * 9 + (dy + 1) * 3 + dx + 1);
          if ((tile.reached & direction) == 0) {
            if (tile.reached == 0) {
              reaching.add(tile);
            }
            tile.reached |= direction;
            changedTiles.add(new TileId(tile.id.x() + dx, tile.id.y() + dy, tile.id.z() + dz));
          }
        }
      }
    }
  }

  private static int first(int inTile) {
    return inTile == 0 ? -1 : 0;
  }

  private static int last(int inTile) {
    return inTile == TileId.BLOCKS - 1 ? 1 : 0;
  }

  /** Tiles whose surface may differ since this was last asked, in order; asking forgets them. */
  public List<TileId> takeChangedTiles() {
    List<TileId> taken = changedTiles.stream().filter(tiles::containsKey).toList();
    reaching.forEach(tile -> tile.reached = 0);
    reaching.clear();
    changedTiles.clear();
    return taken;
  }

  /** Tiles with voxels that differ since this was last asked, in order; asking forgets them. */
  public List<TileId> takeUnsavedTiles() {
    List<TileId> taken = List.copyOf(unsavedTiles);
    taken.forEach(id -> Objects.requireNonNull(tiles.get(id)).unsaved = false);
    unsavedTiles.clear();
    return taken;
  }
}
