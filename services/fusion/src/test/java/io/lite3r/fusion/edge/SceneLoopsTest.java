package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.scene.CircuitCapture;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.schemas.v1.Window;
import io.lite3r.schemas.v1.WindowPurpose;
import java.util.Collections;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A scene that looks for loops, with somebody who verifies them. */
class SceneLoopsTest {
  /** Ten windows that go round a room nearly twice. */
  private static MortalFusion circuit(String bucket) {
    MortalFusion world = new MortalFusion(bucket, 0);
    world.rules =
        new FusionRules(
                false,
                FusionRules.SERVED.aligner(),
                FusionRules.SERVED.gate(),
                OptionalDouble.empty(),
                FusionRules.SERVED.truncationVoxels())
            .withLoops(LoopRules.SERVED);
    world.topic.addAll(
        Records.of(MortalFusion.SCENE, new CircuitCapture(10).windows(), world.objects));
    return world;
  }

  @Test
  void loopsGiveTheSameSceneOnAnyThreadsInAnyOrderAndAfterAnyDeath() {
    MortalFusion undisturbed = circuit("loops");
    undisturbed.run();
    String digest = undisturbed.head().digest();
    assertThat(undisturbed.asked).isNotEmpty();
    assertThat(undisturbed.windows().stream().flatMap(w -> w.closedLoops().stream()))
        .hasSameSizeAs(undisturbed.asked)
        .anyMatch(c -> c.tie() != null);
    // Verifications are nobody's windows and their views nobody's frames.
    assertThat(undisturbed.manifest().windows()).isEqualTo(10);
    assertThat(undisturbed.bySequence()).hasSize(31).hasSize(undisturbed.outcomes.size());
    assertThat(undisturbed.done).hasSize(undisturbed.topic.size());

    MortalFusion without = circuit("loops-without");
    without.rules = without.rules.withLoops(null);
    without.run();
    assertThat(without.head().digest()).isNotEqualTo(digest);

    MortalFusion single = circuit("loops-single");
    try (Parallel one = new Parallel(1)) {
      single.threads = one;
      Collections.shuffle(single.topic.subList(3, 10), new Random(4));
      single.run();
    }
    assertThat(single.head().digest()).as("one thread, another order").isEqualTo(digest);

    for (int calls = 5; calls < 33; calls += 9) {
      MortalFusion world = circuit("loops-" + calls);
      world.runThroughDeaths(calls, calls + 7);
      assertThat(world.head().digest()).as("killed after %d calls", calls).isEqualTo(digest);
      assertThat(world.asked.stream().map(Window::getId).distinct())
          .containsExactlyElementsOf(undisturbed.asked.stream().map(Window::getId).toList());
      assertThat(world.bySequence()).hasSize(31);
      assertThat(world.done).hasSize(world.topic.size());
    }
  }

  @Test
  void fusionWaitsForAVerificationAndAsksAgainAfterARestart() {
    MortalFusion world = circuit("loops-waiting");
    world.answering = false;
    SceneWorker waiting = world.run();
    Window asked = world.asked.getFirst();
    // Windows up to the one before it takes effect are applied, the others wait.
    assertThat(waiting.waiting())
        .isEqualTo(10 - (int) asked.getNumber() - LoopRules.SERVED.delay());
    assertThat(asked.getPurpose()).isEqualTo(WindowPurpose.WINDOW_PURPOSE_VERIFICATION);
    assertThat(asked.getViewsCount()).isEqualTo(2 * LoopRules.SERVED.views());
    assertThat(asked.getViewsList())
        .allMatch(v -> v.getView().getJpeg().toByteArray()[0] == (byte) 0xff);
    world.answering = true;
    world.run();
    assertThat(world.asked.get(1).getId()).isEqualTo(asked.getId());
    assertThat(world.asked.get(1).getViewsList()).isEqualTo(asked.getViewsList());
    MortalFusion undisturbed = circuit("loops-not-waiting");
    undisturbed.run();
    assertThat(world.head().digest()).isEqualTo(undisturbed.head().digest());
    assertThat(world.done).hasSize(world.topic.size());
  }

  @Test
  void aDeletedSceneForgetsWhatItWaitedFor() {
    MortalFusion world = circuit("loops-deleted");
    world.answering = false;
    world.run();
    Window asked = world.asked.getFirst();
    world.topic.add(Records.deletion(MortalFusion.SCENE, 77));
    world.topic.add(Records.verified(asked, world.objects));
    world.rules = world.rules.withLoops(null);
    world.run();
    assertThat(world.objects.list("outcomes/")).isEmpty();
    assertThat(world.done).hasSize(world.topic.size());
  }
}
