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
      SceneManifest manifest = SceneJson.readManifest(world.bytes(kept.manifest()));
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
      SceneManifest manifest = SceneJson.readManifest(world.bytes(version.manifest()));
      String key = Objects.requireNonNull(manifest.detail()).tileset().key();
      JsonNode root = new ObjectMapper().readTree(read(world, key)).path("root");
      Set<String> opened = new TreeSet<>();
      for (String uri : root.findValuesAsText("uri")) {
        String content = key.substring(0, key.lastIndexOf('/') + 1) + uri;
        assertThat(GlbReader.read(read(world, content)).triangles()).isPositive();
        opened.add(content);
      }
      assertThat(opened).containsAll(manifest.tiles().stream().map(t -> t.mesh().key()).toList());
      // At the end of a capture every coarser level is there.
      assertThat(opened.size() > manifest.tiles().size())
          .isEqualTo(!levels(world, manifest).isEmpty());
      if (!version.closes().isEmpty()) {
        assertThat(withoutContent(root.path("children"))).isZero();
      }
    }
  }

  private static List<SceneLevels.Node> levels(VersionedFusion world, SceneManifest manifest) {
    return SceneJson.readLevels(world.bytes(Objects.requireNonNull(manifest.detail()).levels()))
        .nodes();
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
