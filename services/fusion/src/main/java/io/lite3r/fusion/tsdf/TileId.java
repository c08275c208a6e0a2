package io.lite3r.fusion.tsdf;

import java.util.Comparator;

/**
 * A cube of {@value #BLOCKS} x {@value #BLOCKS} x {@value #BLOCKS} blocks: what is meshed, stored
 * and sent as one.
 */
public record TileId(int x, int y, int z) implements Comparable<TileId> {
  public static final int BLOCKS = 8;

  /** Voxels along its edge. */
  public static final int VOXELS = BLOCKS * Block.EDGE;

  private static final Comparator<TileId> ORDER =
      Comparator.comparingInt(TileId::x).thenComparingInt(TileId::y).thenComparingInt(TileId::z);

  static TileId ofBlock(int x, int y, int z) {
    return new TileId(Math.floorDiv(x, BLOCKS), Math.floorDiv(y, BLOCKS), Math.floorDiv(z, BLOCKS));
  }

  static TileId ofBlock(long key) {
    return ofBlock(BlockKey.x(key), BlockKey.y(key), BlockKey.z(key));
  }

  @Override
  public int compareTo(TileId other) {
    return ORDER.compare(this, other);
  }

  /** {@code x_y_z}, as manifests name it. */
  @Override
  public String toString() {
    return x + "_" + y + "_" + z;
  }

  /** Reads {@link #toString}. */
  public static TileId parse(String text) {
    String[] parts = text.split("_", -1);
    return new TileId(
        Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }
}
