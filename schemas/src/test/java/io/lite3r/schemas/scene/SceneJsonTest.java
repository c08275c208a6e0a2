package io.lite3r.schemas.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.DepthField;
import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SceneJsonTest {
  private static final ObjectRef REF = new ObjectRef("k", 3, "ab", "model/gltf-binary");

  @Test
  void aManifestReadsBackEqual() {
    SceneManifest manifest =
        new SceneManifest(
            SceneJson.MANIFEST_FORMAT,
            "kitchen",
            2,
            REF,
            "00ff",
            "scene",
            0.0123,
            17,
            5,
            14,
            5,
            List.of(new SceneManifest.Model("lite3r-s", "cd")),
            List.of(new SceneManifest.Capture("c1", false, 5, -1, 0)),
            List.of(
                new SceneManifest.Tile(
                    "0_-1_2", List.of(0.0, -1.0, 2.0), List.of(1.0, 0.0, 3.0), REF, 9, 4)),
            List.of(new SceneManifest.WindowChunk(0, 5, REF)),
            null,
            new Registration(
                new Sim3(2, new Rotation(1, 2, 3, 4), new Vector3(5, 6, 7)),
                Registration.GPS,
                1.5,
                12,
                11,
                new Geodetic(46.8, -91.9, 198)),
            List.of(new SceneManifest.Input("reconstructions", 3, 17)),
            new SceneManifest.Rollback(1, 2, 15, 17),
            new SceneManifest.Detail(REF, REF),
            List.of(new SceneManifest.TileGroup("0_-1_0", REF, REF)));
    assertThat(SceneJson.readManifest(SceneJson.write(manifest))).isEqualTo(manifest);
    TileList tiles = new TileList(SceneJson.TILES_FORMAT, manifest.tiles());
    assertThat(SceneJson.readTiles(SceneJson.write(tiles))).isEqualTo(tiles);
    assertThat(manifest.withTiles(ref -> SceneJson.write(tiles))).isEqualTo(manifest);
    SceneHistory history =
        new SceneHistory(SceneJson.HISTORY_FORMAT, List.of(SceneHistory.Kept.of(manifest, REF)));
    assertThat(history.versions().getFirst().contentOf()).isEqualTo(1);
    assertThat(SceneJson.readHistory(SceneJson.write(history))).isEqualTo(history);
    SceneLevels levels =
        new SceneLevels(
            SceneJson.LEVELS_FORMAT,
            List.of(
                new SceneLevels.Node(1, "0_-1_1", REF, 0.1),
                new SceneLevels.Node(2, "0_-1_0", null, 0.3)));
    assertThat(SceneJson.readLevels(SceneJson.write(levels))).isEqualTo(levels);
  }

  @Test
  void everyBitOfAPoseSurvivesStoring() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      Sim3 pose =
          new Sim3(
              Math.exp(random.nextGaussian()),
              new Rotation(
                  random.nextGaussian(),
                  random.nextGaussian(),
                  random.nextGaussian(),
                  random.nextGaussian()),
              new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian()));
      WindowList list = new WindowList(SceneJson.WINDOWS_FORMAT, List.of(window(pose)));
      assertThat(SceneJson.readWindows(SceneJson.write(list))).isEqualTo(list);
    }
  }

  @Test
  void aFieldFromTheFutureIsIgnored() {
    String json =
        new String(
                SceneJson.write(
                    new WindowList(SceneJson.WINDOWS_FORMAT, List.of(window(Sim3.IDENTITY)))),
                StandardCharsets.UTF_8)
            .replaceFirst("\\{", "{\"mood\":\"sunny\",");
    assertThat(SceneJson.readWindows(json.getBytes(StandardCharsets.UTF_8)).windows()).hasSize(1);
  }

  @Test
  void entriesFromBeforeAFieldAreStillRead() {
    String json =
        new String(
                SceneJson.write(
                    new WindowList(SceneJson.WINDOWS_FORMAT, List.of(window(Sim3.IDENTITY)))),
                StandardCharsets.UTF_8)
            .replace(",\"condition\":0.3,\"parallax\":0.0", "");
    assertThat(json).doesNotContain("condition");
    assertThat(
            SceneJson.readWindows(json.getBytes(StandardCharsets.UTF_8))
                .windows()
                .getFirst()
                .alignment()
                .condition())
        .isZero();
  }

  @Test
  void anotherFormatIsRefusedByName() {
    byte[] json =
        "{\"format\":\"lite3r-scene/9\",\"scene\":\"s\"}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> SceneJson.readHead(json)).hasMessageContaining("lite3r-scene/9");
  }

  private static WindowEntry window(Sim3 pose) {
    FrameEntry frame =
        new FrameEntry(
            "left",
            4,
            5,
            6,
            "a.jpg",
            0,
            640,
            480,
            FrameEntry.FrameStatus.FUSED,
            true,
            1.5,
            pose.carry(Rigid3.IDENTITY),
            Rigid3.IDENTITY,
            new Intrinsics(500, 500, 320, 240, 640, 480),
            new Intrinsics(200, 200, 128, 96, 256, 192),
            Affine2.resize(256, 192, 640, 480),
            new FramePriors(Rigid3.IDENTITY, null, new FramePriors.GpsFix(46.8, -91.9, null)),
            pose.carry(Rigid3.IDENTITY),
            new ViewRefinement(
                new FocalEstimate(510, 0.15),
                new FocalEstimate(500, 0.02),
                new DepthField(2, 2, List.of(1.0, 1.1, 0.9, 1.0))));
    return new WindowEntry(
        3,
        3,
        "w",
        "o",
        "c1",
        2,
        17,
        WindowEntry.WindowStatus.FUSED,
        null,
        0,
        pose,
        new AlignmentQuality("pose-anchored", 1, 0.9, 0.01, 1.02, 0, 0, "single-view", 0.3, 0),
        new SubmapLink(2, pose, 0.01, 0.002, 0.003),
        REF,
        List.of(frame),
        null);
  }
}
