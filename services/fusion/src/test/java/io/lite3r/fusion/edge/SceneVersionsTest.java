package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.mesh.GlbReader;
import io.lite3r.fusion.scene.RoomCapture;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneLevels;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.v1.ReconstructionRecord;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a version says and holds, against a real S3 server. */
class SceneVersionsTest {
  @Test
  void everyVersionNamesItsTimeWindowsModelInputAndDigest() {
    VersionedFusion world = new VersionedFusion("history", VersionedFusion.ALL);
    List<ReconstructionRecord> records = world.capture(13, 1);
    // The second window comes last of the first three and lets the third in, too.
    world.publish(records.get(0));
    world.take(records.get(2));
    world.publish(records.get(1));
    world.publish(records.get(3));
    world.publish(records.get(4));
    List<Kept> history = world.history();
    assertThat(history.stream().map(Kept::version)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(history.stream().map(v -> v.inputs().getFirst().endOffset()))
        .containsExactly(1L, 3L, 4L, 5L);
    assertThat(history.stream().map(Kept::nextWindow)).containsExactly(1L, 3L, 4L, 4L);
    assertThat(history.stream().map(Kept::closes))
        .containsExactly(List.of(), List.of(), List.of(), List.of("c"));
    for (Kept kept : history) {
      SceneManifest manifest = world.manifest(kept.manifest());
      assertThat(kept).isEqualTo(Kept.of(manifest, kept.manifest()));
      assertThat(kept.models()).containsExactly(RoomCapture.MODEL);
      assertThat(kept.publishedAtNs()).isPositive();
    }
  }

  @Test
  void tilesOfAnUnchangedRegionKeepTheirNamesThroughAKill() {
    VersionedFusion world = new VersionedFusion("names", VersionedFusion.ALL);
    List<ReconstructionRecord> records = world.capture(28, 7);
    records.subList(0, 7).forEach(world::publish);
    SceneManifest before = world.manifest();
    world.restart();
    records.subList(7, records.size()).forEach(world::publish);
    VersionedFusion undisturbed = new VersionedFusion("names-undisturbed", VersionedFusion.ALL);
    undisturbed.capture(28, 7).forEach(undisturbed::publish);
    assertThat(world.manifest().tiles()).isEqualTo(undisturbed.manifest().tiles());
    assertThat(levels(world)).isNotEmpty().isEqualTo(levels(undisturbed));
    long same = before.tiles().stream().filter(world.manifest().tiles()::contains).count();
    assertThat(same).as("tiles that the last windows do not see").isPositive();
    assertThat(same).isLessThan(before.tiles().size());
  }

  private static List<SceneLevels.Node> levels(VersionedFusion world) {
    return levels(world, world.manifest());
  }

  @Test
  void aViewerOpensTheTilesetOfEveryVersionStraightFromTheStore() throws IOException {
    VersionedFusion world = new VersionedFusion("tilesets", VersionedFusion.ALL);
    world.capture(13, 8).forEach(world::publish);
    for (Kept version : world.history()) {
      SceneManifest manifest = world.manifest(version.manifest());
      String key = Objects.requireNonNull(manifest.detail()).tileset().key();
      Set<String> opened = new TreeSet<>();
      int passedBy = open(world, key, opened);
      assertThat(opened).containsAll(manifest.tiles().stream().map(t -> t.mesh().key()).toList());
      // At the end of a capture every coarser level is there.
      assertThat(opened.size() > manifest.tiles().size())
          .isEqualTo(!levels(world, manifest).isEmpty());
      if (!version.closes().isEmpty()) {
        assertThat(passedBy).isZero();
      }
    }
  }

  private static List<SceneLevels.Node> levels(VersionedFusion world, SceneManifest manifest) {
    return SceneJson.readLevels(world.bytes(Objects.requireNonNull(manifest.detail()).levels()))
        .nodes();
  }

  /**
   * Follows a tileset, and those that it names, as a viewer does.
   *
   * @param opened the GLBs that it leads to
   * @return how many tiles below the root have no content
   */
  private static int open(VersionedFusion world, String key, Set<String> opened)
      throws IOException {
    JsonNode root = new ObjectMapper().readTree(read(world, key)).path("root");
    int passedBy = withoutContent(root.path("children"));
    for (String uri : root.findValuesAsText("uri")) {
      String content = key.substring(0, key.lastIndexOf('/') + 1) + uri;
      if (uri.endsWith(".json")) {
        passedBy += open(world, content, opened);
      } else {
        assertThat(GlbReader.read(read(world, content)).triangles()).isPositive();
        opened.add(content);
      }
    }
    return passedBy;
  }

  @Test
  void aVersionWritesTheListsAndPartsThatHaveChangedAndReadsOldManifests() {
    VersionedFusion world = new VersionedFusion("groups", VersionedFusion.ALL, 0.02);
    List<ReconstructionRecord> records = world.capture(22, 11);
    records.subList(0, records.size() - 2).forEach(world::publish);
    List<SceneManifest.TileGroup> before = world.manifest().tileGroups();
    world.publish(records.get(records.size() - 2));
    List<SceneManifest.TileGroup> after = world.manifest().tileGroups();
    long same = after.stream().filter(before::contains).count();
    assertThat(same).as("groups that the last window does not see").isPositive();
    assertThat(same).isLessThan(after.size());

    // Before there were groups a manifest listed its tiles itself.
    SceneManifest whole = world.manifest();
    assertThat(whole.tiles()).isNotEmpty();
    assertThat(whole.withTiles(world::bytes)).isEqualTo(whole);
    assertThat(SceneJson.readManifest(world.bytes(world.head().manifest())).tiles()).isEmpty();
  }

  private static byte[] read(VersionedFusion world, String key) {
    return world.objects.get(key).orElseThrow().bytes();
  }

  private static int withoutContent(JsonNode tiles) {
    int count = 0;
    for (JsonNode tile : tiles) {
      count += (tile.has("content") ? 0 : 1) + withoutContent(tile.path("children"));
    }
    return count;
  }
}
