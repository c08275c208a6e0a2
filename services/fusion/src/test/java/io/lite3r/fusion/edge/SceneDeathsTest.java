package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.RoomCapture;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.fusion.tsdf.VolumeMemory;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.WindowEntry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A scene's fusion dies at every step. */
class SceneDeathsTest {
  @Test
  void killedAtAnyStepItEndsLikeARunThatNeverStopped() {
    MortalFusion undisturbed = MortalFusion.of("undisturbed", 0, 13, 2);
    undisturbed.run();
    String digest = undisturbed.head().digest();
    assertThat(undisturbed.windows()).hasSize(4);
    int deaths = 0;
    for (int calls = 0; calls < 36; calls += 4) {
      MortalFusion world = MortalFusion.of("killed-" + calls, 0, 13, 2);
      world.snapshotWindows = 1 + calls % 3;
      deaths += world.runThroughDeaths(calls, calls + 7);
      assertThat(world.head().digest()).as("killed after %d calls", calls).isEqualTo(digest);
      assertThat(world.done).hasSize(world.topic.size());
      assertThat(world.bySequence()).hasSize(13);
      assertThat(world.windows().stream().map(WindowEntry::sceneFromSubmap))
          .containsExactlyElementsOf(
              undisturbed.windows().stream().map(WindowEntry::sceneFromSubmap).toList());
    }
    assertThat(deaths).isGreaterThanOrEqualTo(9);
  }

  @Test
  void windowsThatMoveAreFoundWhereTheyMovedToAfterAnyDeath() {
    RoomCapture flight = new RoomCapture("c", 19, 4, 1, 0, 9).withGps();
    MortalFusion undisturbed = MortalFusion.of("moved", 0, flight);
    undisturbed.run();
    MortalFusion still = MortalFusion.of("still", 0, 19, 9);
    still.run();
    assertThat(undisturbed.manifest().registration().source()).isEqualTo("gps");
    assertThat(still.manifest().registration()).isNull();
    assertThat(undisturbed.head().digest()).isNotEqualTo(still.head().digest());
    for (int calls = 0; calls < 40; calls += 8) {
      MortalFusion world =
          MortalFusion.of("moved-" + calls, 0, new RoomCapture("c", 19, 4, 1, 0, 9).withGps());
      world.snapshotWindows = calls % 3 == 0 ? 2 : 30;
      world.runThroughDeaths(calls, calls + 7);
      assertThat(world.head().digest())
          .as("killed after %d calls", calls)
          .isEqualTo(undisturbed.head().digest());
      assertThat(world.manifest().registration()).isEqualTo(undisturbed.manifest().registration());
    }
  }

  @Test
  void aSceneThatDoesNotFitIntoMemoryIsTheSameSceneEvenAfterDeaths() {
    MortalFusion roomy =
        MortalFusion.of("roomy", 0, new RoomCapture("c", 19, 4, 1, 0, 9).withGps());
    roomy.run();
    MortalFusion tight =
        MortalFusion.of("tight", 0, new RoomCapture("c", 19, 4, 1, 0, 9).withGps());
    tight.volumeBudgetBytes = 1;
    tight.callsToLive = 15;
    assertThatThrownBy(tight::run).isInstanceOf(MortalFusion.Killed.class);
    List<String> ofTheDead = tight.objects.list(SceneKeys.cold(MortalFusion.SCENE));
    assertThat(ofTheDead).isNotEmpty();
    tight.callsToLive = Integer.MAX_VALUE;
    tight.run();
    assertThat(tight.head().digest()).isEqualTo(roomy.head().digest());
    assertThat(tight.manifest().tiles()).isEqualTo(roomy.manifest().tiles());
    assertThat(roomy.objects.list(SceneKeys.cold(MortalFusion.SCENE))).isEmpty();
    // One object a tile: what is laid down again takes the place of what was.
    List<String> cold = tight.objects.list(SceneKeys.cold(MortalFusion.SCENE));
    assertThat(cold.stream().map(key -> key.substring(0, key.lastIndexOf('-'))))
        .isNotEmpty()
        .doesNotHaveDuplicates();
  }

  @Test
  void aStartLeavesInTheStoreWhatNoReplayedWindowSees() {
    MortalFusion world = MortalFusion.of("start", 0, 13, 2);
    world.snapshotWindows = 1; // nothing to replay
    world.run();
    SceneStore store =
        new SceneStore(
            world.objects, MortalFusion.SCENE, world.threads, 1, new Retention(100, Duration.ZERO));
    FusedScene started =
        store.load(
            world.rules,
            new Integrator(world.threads, new VolumeMemory(Long.MAX_VALUE, store.coldTiles())));
    Volume volume = Objects.requireNonNull(started.volume());
    assertThat(started.digest()).isEqualTo(world.head().digest());
    assertThat(volume.tiles()).isNotEmpty();
    assertThat(volume.bytes()).isZero();
  }
}
