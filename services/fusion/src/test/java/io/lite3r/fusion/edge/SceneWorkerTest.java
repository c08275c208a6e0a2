package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.RejectionReason;
import io.lite3r.schemas.v1.SceneUpdate;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a scene's fusion makes of its records, against a real S3 server. */
class SceneWorkerTest {
  @Test
  void aCaptureBecomesVersionsThatReadersCanFollow() {
    MortalFusion world = MortalFusion.of("follow", 0, 16, 1);
    world.run();
    assertThat(world.done).hasSize(world.topic.size());
    SceneManifest manifest = world.manifest();
    assertThat(manifest.windows()).isEqualTo(5);
    assertThat(manifest.frames()).isEqualTo(16);
    assertThat(manifest.captures())
        .singleElement()
        .matches(c -> c.closed() && c.windows() == 5 && c.closedAtNs() > 0);
    assertThat(manifest.tiles()).isNotEmpty();
    assertThat(manifest.unit()).isEqualTo("scene");
    OutcomeMapping mapping = new OutcomeMapping(world.objects);
    manifest
        .tiles()
        .forEach(
            tile ->
                assertThat(world.objects.get(mapping.check(tile.mesh())))
                    .startsWith('g', 'l', 'T', 'F'));
    // Versions count up without gaps, and each names the one before.
    assertThat(world.updates.stream().map(SceneUpdate::getVersion))
        .containsExactlyElementsOf(
            java.util.stream.LongStream.rangeClosed(1, manifest.version()).boxed().toList());
    long versions = 0;
    for (SceneManifest m = manifest;
        m != null;
        m =
            m.previous() == null
                ? null
                : SceneJson.readManifest(world.objects.get(mapping.check(m.previous())))) {
      versions++;
    }
    assertThat(versions).isEqualTo(manifest.version());
    assertThat(world.bySequence()).hasSize(16).hasSize(world.outcomes.size());
    assertThat(world.outcomes).allMatch(FrameOutcome::hasFused);
    assertThat(world.updates.getLast().getClosedCapturesList()).containsExactly("c");
    assertThat(world.updates.getFirst().getOldestAcceptedAtNs()).isEqualTo(1);
    assertThat(world.updates.getFirst().getNewestAcceptedAtNs()).isEqualTo(4);
  }

  @Test
  void theFirstWindowIsPublishedAtOnceAndTheRestAtItsCadence() {
    MortalFusion world = MortalFusion.of("cadence", 3_600_000_000_000L, 16, 1);
    world.run();
    assertThat(world.updates.stream().map(SceneUpdate::getWindows)).containsExactly(1L, 5L);
    assertThat(world.done).hasSize(world.topic.size());
  }

  @Test
  void outOfOrderAndTwiceGivesTheSameScene() {
    MortalFusion straight = MortalFusion.of("straight", 0, 16, 3);
    straight.run();
    for (int seed = 0; seed < 3; seed++) {
      MortalFusion shuffled = MortalFusion.of("shuffled-" + seed, 0, 16, 3);
      List<ReconstructionRecord> twice = new ArrayList<>(shuffled.topic);
      twice.addAll(shuffled.topic);
      Collections.shuffle(twice, new Random(seed));
      shuffled.topic.clear();
      shuffled.topic.addAll(twice);
      SceneWorker worker = shuffled.run();
      assertThat(shuffled.head().digest()).isEqualTo(straight.head().digest());
      assertThat(shuffled.bySequence()).hasSize(16);
      assertThat(shuffled.done).hasSize(twice.size());
      assertThat(worker.waiting()).isZero();
    }
  }

  @Test
  void aWindowWithoutGeometryRejectsItsOwnFramesAndHoldsNobodyUp() {
    MortalFusion world = MortalFusion.of("dark", 0, 10, 4);
    world.topic.set(1, Records.unreconstructable(world.topic.get(1)));
    world.run();
    Map<Long, FrameOutcome> outcomes = world.bySequence();
    assertThat(outcomes).hasSize(10);
    for (long sequence = 0; sequence < 10; sequence++) {
      boolean onlyThere = sequence == 4 || sequence == 5;
      assertThat(outcomes.get(sequence).hasRejected()).isEqualTo(onlyThere);
    }
    assertThat(outcomes.get(4L).getRejected().getReason())
        .isEqualTo(RejectionReason.REJECTION_REASON_UNRECONSTRUCTABLE);
    assertThat(outcomes.get(4L).getRejected().getDetail()).isEqualTo("too dark");
  }

  @Test
  void aMissingSubmapCountsAsNoGeometry() {
    MortalFusion world = MortalFusion.of("missing", 0, 7, 5);
    world.objects.delete(
        List.of(world.topic.get(1).getReconstruction().getReconstructed().getSubmap().getKey()));
    world.run();
    assertThat(world.bySequence()).hasSize(7);
    assertThat(world.windows().get(1).reason()).contains("no object");
  }

  @Test
  void aFusionThatDoesNotOwnTheSceneAnyMoreStops() {
    MortalFusion world = MortalFusion.of("owners", 0, 13, 8);
    MortalFusion other = new MortalFusion("owners", 0);
    List<ReconstructionRecord> all = List.copyOf(world.topic);
    world.topic.clear();
    world.topic.addAll(all.subList(0, 2));
    SceneWorker stale = world.run();
    other.topic.addAll(all);
    other.run();
    // The end of the capture is always published, which is where it must notice.
    assertThatThrownBy(
            () ->
                all.subList(2, 5)
                    .forEach(record -> stale.accept(new Arrival(record, Context.root(), () -> {}))))
        .hasMessageContaining("another fusion");
    assertThat(other.head().windows()).isEqualTo(4);
  }

  @Test
  void aCaptureWithoutAWindowIsClosedInAnEmptyVersion() {
    MortalFusion world =
        new MortalFusion(
            "empty",
            0,
            ReconstructionRecord.newBuilder()
                .setCaptureClosed(
                    io.lite3r.schemas.v1.CaptureClosed.newBuilder()
                        .setScene(MortalFusion.SCENE)
                        .setCapture("c")
                        .setLastWindowNumber(-1))
                .build());
    world.run();
    assertThat(world.manifest().captures()).singleElement().matches(c -> c.closed());
    assertThat(world.done).hasSize(1);
  }
}
