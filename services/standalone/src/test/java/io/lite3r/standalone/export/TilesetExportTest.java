package io.lite3r.standalone.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.mesh.GlbReader;
import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TilesetExportTest {
  private static final double VOXEL = 0.1;
  private static final double EDGE = 6.4;
  private static final List<String> IDS = List.of("-1_0_0", "0_0_0", "1_0_0", "4_0_0");

  @TempDir private Path folder = Path.of("");

  @Test
  void everyLevelIsCoarserThanTheOneBelowAndSaysByHowMuch() throws IOException {
    write(0, null);
    JsonNode root = tileset().path("root");
    assertThat(root.path("children")).as("one for each octant that has a tile").hasSize(2);
    JsonNode east = root.path("children").get(1);
    assertThat(east.at("/content/uri").asText()).isEqualTo("level3_0_0_0.glb");
    Mesh coarse = mesh("level3_0_0_0.glb");
    Mesh fine = mesh("level1_0_0_0.glb");
    // A tile of 64 voxels has 32 cells of level 1 and 8 of level 3 along its edge.
    assertThat(fine.triangles()).isBetween(2 * 2 * 31 * 31, 2 * 2 * 33 * 33);
    assertThat(coarse.triangles()).isBetween(3 * 2 * 7 * 7, 3 * 2 * 9 * 9);
    double before = 0;
    for (JsonNode tile = east; !tile.isMissingNode(); tile = tile.path("children").path(0)) {
      double error = tile.path("geometricError").asDouble();
      int level = tile.path("children").isEmpty() ? 0 : level(tile);
      assertThat(error).isLessThanOrEqualTo(Math.sqrt(3) * (1 << level) * VOXEL);
      assertThat(error > 0).isEqualTo(level > 0);
      before = Math.max(before, error);
    }
    assertThat(root.path("geometricError").asDouble()).isGreaterThan(before);
  }

  private static int level(JsonNode tile) {
    return Integer.parseInt(tile.at("/content/uri").asText().substring(5, 6));
  }

  @Test
  void aChangedTileRewritesItselfAndItsParentsAlone() throws IOException {
    write(0, null);
    Files.write(folder.resolve("7_7_7.glb"), new byte[] {1});
    FileTime old = FileTime.fromMillis(1_000_000);
    for (Path file : files()) {
      Files.setLastModifiedTime(file, old);
    }
    write(0.03, null);
    Set<String> written = new TreeSet<>();
    for (Path file : files()) {
      if (!Files.getLastModifiedTime(file).equals(old)) {
        written.add(file.getFileName().toString());
      }
    }
    assertThat(written)
        .containsExactlyInAnyOrder(
            "4_0_0.glb",
            "level1_2_0_0.glb",
            "level2_1_0_0.glb",
            "level3_0_0_0.glb",
            "tileset.json");
    assertThat(folder.resolve("7_7_7.glb")).as("a tile of an earlier scene").doesNotExist();
  }

  @Test
  void inMetresTheTilesetsErrorIsToo() throws IOException {
    write(0, null);
    double inUnits = tileset().path("geometricError").asDouble();
    assertThat(inUnits).isEqualTo(tileset().at("/root/geometricError").asDouble());
    write(
        0,
        new Registration(
            new Sim3(3, Rotation.IDENTITY, Vector3.ZERO), Registration.RIG, 0.1, 9, 9, null));
    assertThat(tileset().path("geometricError").asDouble()).isEqualTo(3 * inUnits);
    assertThat(tileset().at("/root/geometricError").asDouble())
        .as("the root's transform scales it")
        .isEqualTo(inUnits);
  }

  /** A floor through all tiles; the last tile's part is raised. */
  private void write(double raised, Registration registration) throws IOException {
    List<SceneManifest.Tile> tiles = new ArrayList<>();
    List<Mesh> meshes = new ArrayList<>();
    for (String id : IDS) {
      int x = Integer.parseInt(id.split("_")[0]);
      Mesh mesh = floor(x * EDGE, id.equals("4_0_0") ? 1 + raised : 1);
      meshes.add(mesh);
      TilesetExport.writeIfOther(
          folder.resolve(id + ".glb"), io.lite3r.fusion.mesh.GlbWriter.write(mesh));
      tiles.add(
          new SceneManifest.Tile(
              id,
              List.of(x * EDGE, 0.0, 0.0),
              List.of((x + 1) * EDGE, EDGE, EDGE),
              new ObjectRef("", 0, "", ""),
              mesh.vertices(),
              mesh.triangles()));
    }
    SceneManifest manifest =
        new SceneManifest(
            "",
            "s",
            1,
            null,
            "",
            "scene",
            VOXEL,
            1,
            0,
            0,
            0,
            List.of(),
            List.of(),
            tiles,
            List.of(),
            null,
            registration,
            List.of(),
            null);
    TilesetExport.write(folder, manifest, meshes);
  }

  private static Mesh floor(double x0, double y) {
    Mesh mesh = new Mesh();
    int n = 65;
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < n; i++) {
        mesh.addVertex(
            (float) (x0 + i * VOXEL), (float) y, (float) (j * VOXEL), 0, -1, 0, 90, 100, 110);
      }
    }
    for (int j = 0; j + 1 < n; j++) {
      for (int i = 0; i + 1 < n; i++) {
        int at = j * n + i;
        mesh.addTriangle(at, at + 1, at + n);
        mesh.addTriangle(at + 1, at + n + 1, at + n);
      }
    }
    return mesh;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private Mesh mesh(String file) throws IOException {
    return GlbReader.read(Files.readAllBytes(folder.resolve(file)));
  }

  private JsonNode tileset() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("tileset.json").toFile());
  }
}
