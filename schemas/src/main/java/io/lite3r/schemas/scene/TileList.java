package io.lite3r.schemas.scene;

import java.util.List;

/**
 * The content of one group of tiles.
 *
 * @param format {@link SceneJson#TILES_FORMAT}
 * @param tiles sorted by place
 */
public record TileList(String format, List<SceneManifest.Tile> tiles) {
  public TileList {
    tiles = List.copyOf(tiles);
  }
}
