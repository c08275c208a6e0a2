package io.lite3r.fusion.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.scene.CircuitCapture;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.scene.RoomCapture;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.RejectionReason;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.schemas.v1.Window;
import io.lite3r.schemas.v1.WindowPurpose;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A scene's fusion against a real S3 server, and its death at every step. */
class SceneWorkerTest {
  private static final String SCENE = "room";
  private static final StackResource server = new StackResource();
  private static Parallel parallel;

  @BeforeAll
  static void startServer() {
    server.start();
    parallel = new Parallel(2);
  }

  @AfterAll
  static void stopServer() {
    parallel.close();
    server.stop();
  }

  /** A death: the process is gone, and so is everything it had not made durable. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** The topics fusion writes, and its offsets; they outlive the worker. */
  private static final class World implements Announcements {
    final ObjectStore objects;
    final List<ReconstructionRecord> topic;
    final List<SceneUpdate> updates = new ArrayList<>();
    final List<FrameOutcome> outcomes = new ArrayList<>();
    final Set<Integer> done = new HashSet<>();
    long intervalNs;
    int snapshotWindows = 3;
    long volumeBudgetBytes = Long.MAX_VALUE;
    int callsToLive = Integer.MAX_VALUE;
    FusionRules rules = FusionRules.SERVED;
    Parallel threads = parallel;

    /** Verification windows that were asked for, and whether somebody reconstructs them. */
    final List<Window> asked = new ArrayList<>();

    boolean answering = true;

    World(String bucket, long intervalNs, ReconstructionRecord... none) {
      objects = server.bucket(bucket);
      topic = new ArrayList<>(List.of(none));
      this.intervalNs = intervalNs;
    }

    private void live() {
      if (callsToLive-- <= 0) {
        throw new Killed();
      }
    }

    @Override
    public void updated(SceneUpdate update) {
      live();
      updates.add(update);
    }

    @Override
    public void ended(String scene, List<FrameOutcome> ended) {
      for (FrameOutcome outcome : ended) {
        live();
        outcomes.add(outcome);
      }
    }

    @Override
    public void verify(Window window) {
      live();
      asked.add(window);
      if (answering) {
        topic.add(Records.verified(window, objects));
      }
    }

    /** Starts a worker at the committed offset: the first record that is not done. */
    SceneWorker run() {
      SceneWorker worker =
          new SceneWorker(
              SCENE,
              objects,
              this,
              // Large voxels: few tiles, so the test spends its time on steps, not on triangles.
              rules.withVoxelSize(OptionalDouble.of(0.1)),
              threads,
              volumeBudgetBytes,
              new FusionSteps(
                  OpenTelemetry.noop().getMeter("test"), OpenTelemetry.noop().getTracer("test")),
              PublishPace.served(Duration.ofNanos(intervalNs)),
              snapshotWindows,
              new Retention(100, Duration.ZERO));
      int committed = 0;
      while (done.contains(committed)) {
        committed++;
      }
      for (int offset = committed; offset < topic.size(); offset++) {
        int here = offset;
        worker.accept(
            new Arrival(
                topic.get(offset),
                Context.root(),
                () -> {
                  live();
                  done.add(here);
                }));
      }
      return worker;
    }

    SceneHead head() {
      return SceneJson.readHead(objects.get(SceneKeys.head(SCENE)).orElseThrow().bytes());
    }

    SceneManifest manifest() {
      return SceneJson.readManifest(
          objects.get(new OutcomeMapping(objects).check(head().manifest())));
    }

    List<WindowEntry> windows() {
      return manifest().windowChunks().stream()
          .flatMap(
              c ->
                  SceneJson.readWindows(objects.get(new OutcomeMapping(objects).check(c.object())))
                      .windows()
                      .stream())
          .toList();
    }

    /** Every frame's outcome; fails when a repeat says something else. */
    Map<Long, FrameOutcome> bySequence() {
      Map<Long, FrameOutcome> map = new HashMap<>();
      for (FrameOutcome outcome : outcomes) {
        FrameOutcome before = map.put(outcome.getFrame().getSequence(), outcome);
        if (before != null) {
          assertThat(outcome).isEqualTo(before);
        }
      }
      return map;
    }
  }

  private static World world(String bucket, long intervalNs, int frames, long seed) {
    return world(bucket, intervalNs, new RoomCapture("c", frames, 4, 1, 0, seed));
  }

  private static World world(String bucket, long intervalNs, RoomCapture capture) {
    World world = new World(bucket, intervalNs);
    world.topic.addAll(Records.of(SCENE, capture, world.objects));
    return world;
  }

  @Test
  void aCaptureBecomesVersionsThatReadersCanFollow() {
    World world = world("follow", 0, 16, 1);
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
    World world = world("cadence", 3_600_000_000_000L, 16, 1);
    world.run();
    assertThat(world.updates.stream().map(SceneUpdate::getWindows)).containsExactly(1L, 5L);
    assertThat(world.done).hasSize(world.topic.size());
  }

  @Test
  void killedAtAnyStepItEndsLikeARunThatNeverStopped() {
    World undisturbed = world("undisturbed", 0, 13, 2);
    undisturbed.run();
    String digest = undisturbed.head().digest();
    assertThat(undisturbed.windows()).hasSize(4);
    int deaths = 0;
    for (int calls = 0; calls < 36; calls += 4) {
      World world = world("killed-" + calls, 0, 13, 2);
      world.snapshotWindows = 1 + calls % 3;
      world.callsToLive = calls;
      boolean over = false;
      while (!over) {
        try {
          world.run();
          over = true;
        } catch (Killed e) {
          deaths++;
          world.callsToLive = calls + 7;
        }
      }
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
    World undisturbed = world("moved", 0, flight);
    undisturbed.run();
    World still = world("still", 0, 19, 9);
    still.run();
    assertThat(undisturbed.manifest().registration().source()).isEqualTo("gps");
    assertThat(still.manifest().registration()).isNull();
    assertThat(undisturbed.head().digest()).isNotEqualTo(still.head().digest());
    for (int calls = 0; calls < 40; calls += 8) {
      World world = world("moved-" + calls, 0, new RoomCapture("c", 19, 4, 1, 0, 9).withGps());
      world.snapshotWindows = calls % 3 == 0 ? 2 : 30;
      world.callsToLive = calls;
      boolean over = false;
      while (!over) {
        try {
          world.run();
          over = true;
        } catch (Killed e) {
          world.callsToLive = calls + 7;
        }
      }
      assertThat(world.head().digest())
          .as("killed after %d calls", calls)
          .isEqualTo(undisturbed.head().digest());
      assertThat(world.manifest().registration()).isEqualTo(undisturbed.manifest().registration());
    }
  }

  @Test
  void aSceneThatDoesNotFitIntoMemoryIsTheSameSceneEvenAfterDeaths() {
    World roomy = world("roomy", 0, new RoomCapture("c", 19, 4, 1, 0, 9).withGps());
    roomy.run();
    World tight = world("tight", 0, new RoomCapture("c", 19, 4, 1, 0, 9).withGps());
    tight.volumeBudgetBytes = 1;
    tight.callsToLive = 15;
    assertThatThrownBy(tight::run).isInstanceOf(Killed.class);
    List<String> ofTheDead = tight.objects.list(SceneKeys.cold(SCENE));
    assertThat(ofTheDead).isNotEmpty();
    tight.callsToLive = Integer.MAX_VALUE;
    tight.run();
    assertThat(tight.head().digest()).isEqualTo(roomy.head().digest());
    assertThat(tight.manifest().tiles()).isEqualTo(roomy.manifest().tiles());
    assertThat(roomy.objects.list(SceneKeys.cold(SCENE))).isEmpty();
    // One object a tile: what is laid down again takes the place of what was.
    List<String> cold = tight.objects.list(SceneKeys.cold(SCENE));
    assertThat(cold.stream().map(key -> key.substring(0, key.lastIndexOf('-'))))
        .isNotEmpty()
        .doesNotHaveDuplicates();
  }

  @Test
  void outOfOrderAndTwiceGivesTheSameScene() {
    World straight = world("straight", 0, 16, 3);
    straight.run();
    for (int seed = 0; seed < 3; seed++) {
      World shuffled = world("shuffled-" + seed, 0, 16, 3);
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

  /** Ten windows that go round a room nearly twice. */
  private static World circuit(String bucket) {
    World world = new World(bucket, 0);
    world.rules =
        new FusionRules(
                false,
                FusionRules.SERVED.aligner(),
                FusionRules.SERVED.gate(),
                OptionalDouble.empty(),
                FusionRules.SERVED.truncationVoxels())
            .withLoops(LoopRules.SERVED);
    world.topic.addAll(Records.of(SCENE, new CircuitCapture(10).windows(), world.objects));
    return world;
  }

  @Test
  void loopsGiveTheSameSceneOnAnyThreadsInAnyOrderAndAfterAnyDeath() {
    World undisturbed = circuit("loops");
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

    World without = circuit("loops-without");
    without.rules = without.rules.withLoops(null);
    without.run();
    assertThat(without.head().digest()).isNotEqualTo(digest);

    World single = circuit("loops-single");
    try (Parallel one = new Parallel(1)) {
      single.threads = one;
      Collections.shuffle(single.topic.subList(3, 10), new Random(4));
      single.run();
    }
    assertThat(single.head().digest()).as("one thread, another order").isEqualTo(digest);

    for (int calls = 5; calls < 33; calls += 9) {
      World world = circuit("loops-" + calls);
      world.callsToLive = calls;
      boolean over = false;
      while (!over) {
        try {
          world.run();
          over = true;
        } catch (Killed e) {
          world.callsToLive = calls + 7;
        }
      }
      assertThat(world.head().digest()).as("killed after %d calls", calls).isEqualTo(digest);
      assertThat(world.asked.stream().map(Window::getId).distinct())
          .containsExactlyElementsOf(undisturbed.asked.stream().map(Window::getId).toList());
      assertThat(world.bySequence()).hasSize(31);
      assertThat(world.done).hasSize(world.topic.size());
    }
  }

  @Test
  void fusionWaitsForAVerificationAndAsksAgainAfterARestart() {
    World world = circuit("loops-waiting");
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
    World undisturbed = circuit("loops-not-waiting");
    undisturbed.run();
    assertThat(world.head().digest()).isEqualTo(undisturbed.head().digest());
    assertThat(world.done).hasSize(world.topic.size());
  }

  @Test
  void aDeletedSceneForgetsWhatItWaitedFor() {
    World world = circuit("loops-deleted");
    world.answering = false;
    world.run();
    Window asked = world.asked.getFirst();
    world.topic.add(Records.deletion(SCENE, 77));
    world.topic.add(Records.verified(asked, world.objects));
    world.rules = world.rules.withLoops(null);
    world.run();
    assertThat(world.objects.list("outcomes/")).isEmpty();
    assertThat(world.done).hasSize(world.topic.size());
  }

  @Test
  void aWindowWithoutGeometryRejectsItsOwnFramesAndHoldsNobodyUp() {
    World world = world("dark", 0, 10, 4);
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
    World world = world("missing", 0, 7, 5);
    world.objects.delete(
        List.of(world.topic.get(1).getReconstruction().getReconstructed().getSubmap().getKey()));
    world.run();
    assertThat(world.bySequence()).hasSize(7);
    assertThat(world.windows().get(1).reason()).contains("no object");
  }

  @Test
  void aDeletedSceneLeavesNothingButItsNumberingAndMayBeginAgain() {
    World world = world("deleted", 0, 10, 6);
    int half = 2;
    world.topic.add(half, Records.deletion(SCENE, 77));
    world.topic.add(half, Records.deletion(SCENE, 77)); // asked once, delivered twice
    world.run();
    // The window after the deletion began a scene of its own, with the numbering going on.
    SceneManifest manifest = world.manifest();
    assertThat(manifest.windows()).isEqualTo(1);
    assertThat(manifest.nextWindow()).isEqualTo(3);
    assertThat(world.windows().getFirst().number()).isEqualTo(2);
    assertThat(world.updates.stream().filter(SceneUpdate::getDeleted)).hasSize(2);
    assertThat(world.bySequence()).hasSize(10);
    assertThat(world.done).hasSize(world.topic.size());

    World after = new World("deleted", 0, Records.deletion(SCENE, 99));
    after.run();
    assertThat(after.objects.list("scenes/")).isEmpty();
    assertThat(after.objects.list("submaps/")).isEmpty();
    assertThat(after.objects.list("")).containsExactly(SceneKeys.tombstone(SCENE));
  }

  @Test
  void theEndOfADeletedCaptureDoesNotBringTheSceneBack() {
    World world = world("ended", 0, 10, 7);
    world.topic.add(3, Records.deletion(SCENE, 5));
    world.run();
    assertThat(world.objects.list("scenes/")).isEmpty();
    assertThat(world.bySequence()).hasSize(10);
    assertThat(world.done).hasSize(world.topic.size());
  }

  @Test
  void aFusionThatDoesNotOwnTheSceneAnyMoreStops() {
    World world = world("owners", 0, 13, 8);
    World other = new World("owners", 0);
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
    World world =
        new World(
            "empty",
            0,
            ReconstructionRecord.newBuilder()
                .setCaptureClosed(
                    io.lite3r.schemas.v1.CaptureClosed.newBuilder()
                        .setScene(SCENE)
                        .setCapture("c")
                        .setLastWindowNumber(-1))
                .build());
    world.run();
    assertThat(world.manifest().captures()).singleElement().matches(c -> c.closed());
    assertThat(world.done).hasSize(1);
  }
}
