package io.lite3r.fusion.lod;

import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneManifest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node of the octree.
 *
 * @param tile the tile that it is; null above tiles
 * @param made whether its surface is that of what is below it; a viewer passes by one that is not
 * @param mesh its surface; null when nothing is left at its level, and when it is not made
 * @param error how far its surface is from the tiles at most, scene units; 0 for a tile
 * @param children what it stands for, one level finer
 */
public record LevelNode(
    SceneManifest.@Nullable Tile tile,
    boolean made,
    @Nullable ObjectRef mesh,
    double error,
    List<LevelNode> children) {

  /** How many tiles its cube is along an edge. */
  public int edge() {
    return tile != null ? 1 : 2 * children.getFirst().edge();
  }

  /** Adds the tiles that it stands for, in no order that matters. */
  public void addTilesTo(List<SceneManifest.Tile> tiles) {
    if (tile != null) {
      tiles.add(tile);
    }
    children.forEach(child -> child.addTilesTo(tiles));
  }

  static LevelNode of(SceneManifest.Tile tile) {
    return new LevelNode(tile, true, tile.mesh(), 0, List.of());
  }

  static LevelNode missing(List<LevelNode> children) {
    return new LevelNode(null, false, null, 0, children);
  }
}
