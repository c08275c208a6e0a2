package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.lod.Floors;
import io.lite3r.fusion.lod.Levels;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.Registration;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TilesetWriterTest {
  private final Floors floors = new Floors();
  private final Levels levels = new Levels();

  TilesetWriterTest() {
    floors.put(0, 0, 0, 1);
    floors.put(3, 0, 0, 1);
    levels.complete(floors.tiles, Floors.VOXEL, floors);
  }

  private JsonNode tileset(Registration registration) throws IOException {
    return new ObjectMapper()
        .readTree(TilesetWriter.write(levels.tree(floors.tiles), Floors.VOXEL, registration, 7));
  }

  @Test
  void errorsShrinkAndContentsAreNamedBesideTheTileset() throws IOException {
    JsonNode tileset = tileset(null);
    assertThat(tileset.at("/asset/tilesetVersion").asText()).isEqualTo("7");
    double above = tileset.at("/root/geometricError").asDouble();
    int levelsSeen = 0;
    for (JsonNode tile = tileset.at("/root/children/0");
        !tile.isMissingNode();
        tile = tile.path("children").path(0)) {
      assertThat(tile.at("/content/uri").asText()).matches("[^/]+\\.glb");
      assertThat(tile.path("geometricError").asDouble()).isLessThan(above);
      above = tile.path("geometricError").asDouble();
      levelsSeen++;
    }
    assertThat(levelsSeen).isEqualTo(3);
    assertThat(above).isZero();
  }

  @Test
  void aNodeThatIsNotMadeIsPassedByOnTheWayToItsTiles() throws IOException {
    levels.changed(floors.put(3, 0, 0, 1.5));
    JsonNode top = tileset(null).at("/root/children/0");
    assertThat(top.has("content")).isFalse();
    // What would be missing if it were drawn: all that is in its box.
    assertThat(top.path("geometricError").asDouble()).isGreaterThan(4 * 64 * Floors.VOXEL);
    assertThat(top.path("children").path(0).has("content")).as("the unchanged side").isTrue();
    assertThat(top.path("children").path(1).has("content")).isFalse();
    assertThat(top.path("children").path(1).path("children").path(0).has("content")).isTrue();
  }

  @Test
  void inMetresTheTilesetsErrorIsToo() throws IOException {
    double inUnits = tileset(null).path("geometricError").asDouble();
    assertThat(inUnits).isEqualTo(tileset(null).at("/root/geometricError").asDouble());
    JsonNode metric =
        tileset(
            new Registration(
                new Sim3(3, Rotation.IDENTITY, Vector3.ZERO), Registration.RIG, 0.1, 9, 9, null));
    assertThat(metric.path("geometricError").asDouble()).isEqualTo(3 * inUnits);
    assertThat(metric.at("/root/geometricError").asDouble())
        .as("the root's transform scales it")
        .isEqualTo(inUnits);
  }
}
