package io.lite3r.fusion.warm;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.schemas.scene.WindowEntry;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  @Test
  void theWallTakesEveryStepThatARealWindowTakes() {
    try (Parallel parallel = new Parallel(2)) {
      FusedScene scene = new FusedScene(FusionRules.SERVED, new Integrator(parallel));
      WindowEntry first = scene.apply(PaintedWall.window(0, 3));
      WindowEntry second = scene.apply(PaintedWall.window(1, 3));

      assertThat(first.status()).isEqualTo(WindowEntry.WindowStatus.FUSED);
      assertThat(second.link()).as("tied to the first by the view they share").isNotNull();
      assertThat(first.frames().get(1).submapFromCamera())
          .as("its corners were found again, so its pose is not what it was")
          .isNotEqualTo(PaintedWall.pose(1));
    }
  }

  @Test
  void itMakesTheSameOnAnyNumberOfThreads() {
    try (Parallel one = new Parallel(1);
        Parallel two = new Parallel(2)) {
      WarmUp.Result result = WarmUp.run(one);
      assertThat(result.triangles()).isGreaterThan(500);
      assertThat(WarmUp.run(two)).isEqualTo(result);
    }
  }
}
