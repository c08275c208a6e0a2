package io.lite3r.fusion.lod;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneLevels;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LevelsTest {
  /**
   * Tiles along x; the last is in another octant of levels 1 and 2, with them in one of level 3.
   */
  private static Floors street() {
    Floors floors = new Floors();
    List.of(-1, 0, 1, 4).forEach(x -> floors.put(x, 0, 0, 1));
    return floors;
  }

  private static Levels complete(Floors floors) {
    Levels levels = new Levels();
    levels.complete(floors.tiles, Floors.VOXEL, floors);
    return levels;
  }

  @Test
  void everyLevelIsCoarserThanTheOneBelowAndSaysByHowMuch() {
    Floors floors = street();
    List<LevelNode> tops = complete(floors).tree(floors.tiles);
    assertThat(tops).as("one for each octant that has a tile").hasSize(2);
    LevelNode node = tops.get(1);
    for (int level = 3; level > 0; level--) {
      // A tile of 64 voxels has 64 / 2^level cells along its edge; the top has three tiles.
      int cells = TileId.VOXELS >> level;
      int most = 3 * 2 * (cells + 1) * (cells + 1);
      assertThat(floors.read(Objects.requireNonNull(node.mesh())).triangles())
          .as("level %d", level)
          .isBetween(2 * (cells - 1) * (cells - 1), most);
      assertThat(node.error()).isPositive();
      assertThat(node.error()).isLessThanOrEqualTo(2 * Math.sqrt(3) * (1 << level) * Floors.VOXEL);
      assertThat(node.error()).isGreaterThan(node.children().getFirst().error());
      node = node.children().getFirst();
    }
    assertThat(node.tile()).isNotNull();
    assertThat(node.error()).isZero();
  }

  @Test
  void aChangedTileRemakesItsParentsAlone() {
    Floors floors = street();
    Levels levels = complete(floors);
    SceneLevels before = levels.stored();
    floors.written.clear();
    levels.changed(floors.put(4, 0, 0, 1.03));
    assertThat(levels.tree(floors.tiles).get(1).made()).as("until they are made again").isFalse();
    levels.complete(floors.tiles, Floors.VOXEL, floors);
    assertThat(floors.written).as("one node on each of three levels").hasSize(3);
    List<SceneLevels.Node> now = levels.stored().nodes();
    assertThat(
            now.stream()
                .filter(n -> !before.nodes().contains(n))
                .map(n -> n.level() + "/" + n.place()))
        .containsExactly("1/2_0_0", "2/1_0_0", "3/0_0_0");
  }

  @Test
  void levelsAreAFunctionOfTheTilesHoweverOftenTheyWereMadeBefore() {
    Floors floors = new Floors();
    Levels grown = new Levels();
    floors.put(40, 3, -9, 1);
    List.of(0, 1, 5)
        .forEach(
            x -> {
              grown.changed(floors.put(x, 0, 0, 1));
              grown.complete(floors.tiles, Floors.VOXEL, floors);
            });
    // A far tile goes away, and with it the levels that only it needed.
    TileId far = new TileId(40, 3, -9);
    floors.tiles.remove(far);
    grown.changed(far);
    Levels read = new Levels();
    read.restore(grown.stored());
    read.complete(floors.tiles, Floors.VOXEL, floors);
    assertThat(read.stored()).isEqualTo(complete(floors).stored());
    assertThat(read.stored().nodes().getLast().level()).isEqualTo(3);
  }

  @Test
  void aSceneWithoutTilesHasNoLevels() {
    Floors floors = new Floors();
    Levels levels = complete(floors);
    assertThat(levels.tree(floors.tiles)).isEmpty();
    assertThat(levels.stored().nodes()).isEmpty();
  }

  @Test
  void everyNodeNamesAMeshThatWasWritten() {
    Floors floors = street();
    assertThat(
            complete(floors).stored().nodes().stream()
                .map(SceneLevels.Node::mesh)
                .map(ObjectRef::key))
        .containsExactlyInAnyOrderElementsOf(floors.written);
  }
}
