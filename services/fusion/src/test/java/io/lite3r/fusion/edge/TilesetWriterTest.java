package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.lite3r.fusion.lod.Floors;
import io.lite3r.fusion.lod.Levels;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.Registration;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TilesetWriterTest {
  private final Floors floors = new Floors();
  private final Levels levels = new Levels();

  TilesetWriterTest() {
    floors.put(0, 0, 0, 1);
    floors.put(3, 0, 0, 1);
    levels.complete(floors.tiles, Floors.VOXEL, floors);
  }

  /** The tileset as a viewer has it in the end: what it names stands where it is named. */
  private JsonNode tileset(Registration registration) throws IOException {
    TilesetWriter.Tileset written =
        TilesetWriter.write(levels.tree(floors.tiles), Floors.VOXEL, registration, 7);
    Map<String, JsonNode> roots = new HashMap<>();
    for (TilesetWriter.Part part : written.parts().values()) {
      roots.put(
          ContentWriter.sha256(part.json()) + ".json",
          new ObjectMapper().readTree(part.json()).path("root"));
    }
    JsonNode tileset = new ObjectMapper().readTree(written.json());
    assertThat(tileset.at("/root/children")).isNotEmpty();
    put(tileset.path("root"), roots);
    return tileset;
  }

  private static void put(JsonNode tile, Map<String, JsonNode> roots) {
    for (int i = 0; i < tile.path("children").size(); i++) {
      JsonNode child = tile.path("children").path(i);
      JsonNode root = roots.get(child.at("/content/uri").asText());
      if (root != null) {
        assertThat(root.path("boundingVolume")).isEqualTo(child.path("boundingVolume"));
        assertThat(root.path("geometricError")).isEqualTo(child.path("geometricError"));
        ((ArrayNode) tile.path("children")).set(i, root);
      } else {
        put(child, roots);
      }
    }
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
