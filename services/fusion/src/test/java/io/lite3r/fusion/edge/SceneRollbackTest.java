package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import io.lite3r.schemas.v1.ReconstructionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A scene goes back to a version that is kept. */
class SceneRollbackTest {
  @Test
  void aRollbackTakesUpAKeptVersionAndFusionGoesOnFromThere() {
    String whole = null;
    // Killed never, just before the rollback, just after it, and later.
    for (int death : new int[] {-1, 3, 4, 6}) {
      VersionedFusion world = new VersionedFusion("rollback" + death, VersionedFusion.ALL);
      List<ReconstructionRecord> topic = new ArrayList<>(world.capture(19, 2));
      for (int i = 0; i < topic.size(); i++) {
        if (i == 3) {
          topic.add(3, world.rollback(2, 50));
        }
        if (i == death) {
          world.restart();
          // What was not committed comes again.
          topic.subList(0, i).forEach(world::take);
        }
        world.publish(topic.get(i));
        if (i == 3) {
          tookUp(world, 2);
        }
      }
      assertThat(world.windows().stream().map(WindowEntry::status))
          .containsExactly(
              WindowStatus.FUSED,
              WindowStatus.FUSED,
              WindowStatus.WITHDRAWN,
              WindowStatus.FUSED,
              WindowStatus.FUSED,
              WindowStatus.FUSED);
      // Frames 7 and 8 stand in the withdrawn window only; the frame it shares goes on.
      assertThat(world.ends).hasSize(19);
      whole = whole == null ? world.head().digest() : whole;
      assertThat(world.head().digest()).as("killed before record %d", death).isEqualTo(whole);
      // A fusion that has read the result once more agrees with it: loading compares digests.
      world.restart();
      topic.forEach(world::take);
      assertThat(world.head().digest()).isEqualTo(whole);
      assertThat(world.history().stream().filter(v -> v.contentOf() != null)).hasSize(1);
    }
  }

  private static void tookUp(VersionedFusion world, long version) {
    Kept old =
        world.history().stream().filter(v -> v.version() == version).findFirst().orElseThrow();
    SceneManifest content = world.manifest(old.manifest());
    SceneManifest now = world.manifest();
    assertThat(now.version()).isEqualTo(4);
    assertThat(now.digest()).isEqualTo(content.digest());
    assertThat(now.tiles()).isEqualTo(content.tiles());
    assertThat(now.frames()).isEqualTo(content.frames());
    assertThat(now.nextWindow()).isEqualTo(3);
    assertThat(Objects.requireNonNull(now.rollback()).contentOf()).isEqualTo(version);
    assertThat(world.windows().getLast().reason()).contains("rollback to version 2");
    assertThat(world.history().getLast().contentOf()).isEqualTo(version);
  }

  @Test
  void aRollbackToWhatIsNotKeptChangesNothing() {
    VersionedFusion world = new VersionedFusion("refused", VersionedFusion.ALL);
    List<ReconstructionRecord> records = world.capture(10, 3);
    world.publish(records.get(0));
    ReconstructionRecord stranger =
        ReconstructionRecord.newBuilder()
            .setSceneRollback(
                world.rollback(1, 9).getSceneRollback().toBuilder().setManifestSha256("00"))
            .build();
    world.take(stranger);
    assertThat(world.head().version()).isEqualTo(1);
    // Asked once and delivered twice it is carried out once.
    world.publish(records.get(1));
    ReconstructionRecord rollback = world.rollback(1, 10);
    world.publish(rollback);
    world.take(rollback);
    assertThat(world.head().version()).isEqualTo(3);
  }
}
