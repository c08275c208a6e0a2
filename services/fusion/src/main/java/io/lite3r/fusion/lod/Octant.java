package io.lite3r.fusion.lod;

import io.lite3r.fusion.tsdf.TileId;
import java.util.Comparator;

/**
 * A node's place: a cube of 2^level tiles along an edge, in the grid of such cubes. The grids hang
 * at the scene's origin, so a node keeps its place while the scene grows.
 *
 * @param level 0 for a tile
 */
record Octant(int level, int x, int y, int z) implements Comparable<Octant> {
  private static final Comparator<Octant> ORDER =
      Comparator.comparingInt(Octant::level)
          .thenComparingInt(Octant::x)
          .thenComparingInt(Octant::y)
          .thenComparingInt(Octant::z);

  static Octant of(TileId tile) {
    return new Octant(0, tile.x(), tile.y(), tile.z());
  }

  Octant parent() {
    return new Octant(level + 1, x >> 1, y >> 1, z >> 1);
  }

  /** Whether it begins or ends at the scene's origin: its parent unites it with nobody. */
  boolean isInnermost() {
    return x >> 1 == x && y >> 1 == y && z >> 1 == z;
  }

  @Override
  public int compareTo(Octant other) {
    return ORDER.compare(this, other);
  }

  /** {@code x_y_z}. */
  String place() {
    return x + "_" + y + "_" + z;
  }

  static Octant parse(int level, String place) {
    TileId id = TileId.parse(place);
    return new Octant(level, id.x(), id.y(), id.z());
  }
}
