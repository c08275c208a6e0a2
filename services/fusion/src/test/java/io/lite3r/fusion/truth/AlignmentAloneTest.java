package io.lite3r.fusion.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.WindowEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alignment without a model: true depth and poses, wrong by known amounts. */
class AlignmentAloneTest {
  private static final Path REPOSITORY = Path.of("").toAbsolutePath().resolve("../..").normalize();
  private static final Path ROOM = REPOSITORY.resolve("samples/two-camera-room");
  private static final Path KITCHEN = REPOSITORY.resolve("../shared/data/rgbd-kitchen");

  private static final int VIEWS = 8;
  private static final int SHARED = 4;

  private final Parallel parallel = new Parallel(2);

  @AfterEach
  void stopThreads() {
    parallel.close();
  }

  @Test
  void windowsThatLieOnlyInRandomSpacesComeTogetherExactly() {
    List<TrueFrame> frames = TrueCapture.read(ROOM, 80);
    RandomSpaces cut = RandomSpaces.cut(frames, VIEWS, SHARED, WindowErrors.NONE, 1);
    PathError error = PathError.of(fuse(cut), frames, cut.submapFromWorld());
    assertThat(error.frames()).isEqualTo(frames.size());
    assertThat(error.ate()).isLessThan(1e-5);
    assertThat(error.scaleDrift()).isLessThan(1e-5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void poorWindowsOfARoomStayWithinThreeCentimetresAndTwoPercent(long seed) {
    List<TrueFrame> frames = TrueCapture.read(ROOM, 80);
    holds(frames, seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void poorWindowsOfTheKitchenStayWithinThreeCentimetresAndTwoPercent(long seed) {
    assumeThat(Files.isDirectory(KITCHEN))
        .as("the capture rgbd-kitchen is not at %s; this case needs its depth and poses", KITCHEN)
        .isTrue();
    holds(TrueCapture.read(KITCHEN, 160), seed);
  }

  private void holds(List<TrueFrame> frames, long seed) {
    RandomSpaces cut = RandomSpaces.cut(frames, VIEWS, SHARED, WindowErrors.POOR, seed);
    FusedScene scene = fuse(cut);
    PathError error = PathError.of(scene, frames, cut.submapFromWorld());
    assertThat(scene.windows())
        .allMatch(w -> w.status() == WindowEntry.WindowStatus.FUSED && w.chain() == 0);
    assertThat(error.frames()).isEqualTo(frames.size());
    assertThat(error.ate()).as("path, metres").isLessThan(0.03);
    assertThat(error.scaleDrift()).as("scale drift").isLessThan(0.02);
  }

  @Test
  void aLargerWorldGivesTheSamePathLarger() {
    List<TrueFrame> frames = TrueCapture.read(ROOM, 80).subList(0, 16);
    RandomSpaces one = RandomSpaces.cut(frames, VIEWS, SHARED, WindowErrors.POOR, 5);
    RandomSpaces thousand =
        RandomSpaces.cut(
            frames.stream().map(AlignmentAloneTest::thousandfold).toList(),
            VIEWS,
            SHARED,
            WindowErrors.POOR,
            5);
    FusedScene sceneOfOne = fuse(one);
    FusedScene sceneOfThousand = fuse(thousand, 500);
    for (int w = 0; w < one.windows().size(); w++) {
      Sim3 small = sceneOfOne.window(w).sceneFromSubmap();
      Sim3 large = sceneOfThousand.window(w).sceneFromSubmap();
      assertThat(large.rotation().inverse().times(small.rotation()).angle()).isLessThan(1e-5);
      assertThat(Math.abs(Math.log(large.scale() / small.scale()))).isLessThan(1e-4);
    }
  }

  private static TrueFrame thousandfold(TrueFrame frame) {
    float[] depth = frame.depth().clone();
    for (int i = 0; i < depth.length; i++) {
      depth[i] *= 1000;
    }
    return new TrueFrame(
        frame.camera(),
        frame.sequence(),
        new Rigid3(
            frame.worldFromCamera().rotation(), frame.worldFromCamera().translation().times(1000)),
        frame.intrinsics(),
        depth,
        frame.rgb());
  }

  private FusedScene fuse(RandomSpaces cut) {
    return fuse(cut, 0.5);
  }

  private FusedScene fuse(RandomSpaces cut, double voxelSize) {
    FusedScene scene =
        new FusedScene(
            // Surfaces are not looked at here: a coarse volume does.
            FusionRules.SERVED.withVoxelSize(OptionalDouble.of(voxelSize)),
            new Integrator(parallel));
    cut.windows().forEach(scene::apply);
    return scene;
  }
}
