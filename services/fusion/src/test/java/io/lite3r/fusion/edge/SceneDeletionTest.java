package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.v1.SceneUpdate;
import org.junit.jupiter.api.Test;

/** What is left of a scene that is deleted. */
class SceneDeletionTest {
  @Test
  void aDeletedSceneLeavesNothingButItsNumberingAndMayBeginAgain() {
    MortalFusion world = MortalFusion.of("deleted", 0, 10, 6);
    int half = 2;
    world.topic.add(half, Records.deletion(MortalFusion.SCENE, 77));
    world.topic.add(half, Records.deletion(MortalFusion.SCENE, 77)); // asked once, delivered twice
    world.run();
    // The window after the deletion began a scene of its own, with the numbering going on.
    SceneManifest manifest = world.manifest();
    assertThat(manifest.windows()).isEqualTo(1);
    assertThat(manifest.nextWindow()).isEqualTo(3);
    assertThat(world.windows().getFirst().number()).isEqualTo(2);
    assertThat(world.updates.stream().filter(SceneUpdate::getDeleted)).hasSize(2);
    assertThat(world.bySequence()).hasSize(10);
    assertThat(world.done).hasSize(world.topic.size());

    MortalFusion after = new MortalFusion("deleted", 0, Records.deletion(MortalFusion.SCENE, 99));
    after.run();
    assertThat(after.objects.list("scenes/")).isEmpty();
    assertThat(after.objects.list("submaps/")).isEmpty();
    assertThat(after.objects.list("")).containsExactly(SceneKeys.tombstone(MortalFusion.SCENE));
  }

  @Test
  void theEndOfADeletedCaptureDoesNotBringTheSceneBack() {
    MortalFusion world = MortalFusion.of("ended", 0, 10, 7);
    world.topic.add(3, Records.deletion(MortalFusion.SCENE, 5));
    world.run();
    assertThat(world.objects.list("scenes/")).isEmpty();
    assertThat(world.bySequence()).hasSize(10);
    assertThat(world.done).hasSize(world.topic.size());
  }
}
