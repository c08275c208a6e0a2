package io.lite3r.fusion.scene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.geometry.Rigid3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FusedSceneTest {
  private final Parallel parallel = new Parallel(2);
  private final FusedScene scene = new FusedScene(FusionRules.SERVED, new Integrator(parallel));

  @AfterEach
  void stopThreads() {
    parallel.close();
  }

  @Test
  void windowsInRandomSpacesComeTogetherAsOnePath() {
    new RoomCapture("c", 13, 4, 1, 0, 1).windows().forEach(scene::apply);
    // The scene's space is that of the first window; take everything relative to its first camera.
    Rigid3 first = pose(0);
    double scale =
        pose(1).translation().minus(first.translation()).norm() / step(0, 1).translation().norm();
    for (int frame = 1; frame < 13; frame++) {
      Rigid3 found = first.inverse().times(pose(frame));
      Rigid3 truth = step(0, frame);
      assertThat(found.translation().minus(truth.translation().times(scale)).norm() / scale)
          .as("frame %d", frame)
          .isLessThan(0.01);
      assertThat(found.rotation().inverse().times(truth.rotation()).angle()).isLessThan(1e-6);
    }
    assertThat(scene.windows()).allMatch(w -> w.status() == WindowStatus.FUSED && w.chain() == 0);
    WindowEntry second = scene.window(1);
    assertThat(second.alignment()).isNotNull();
    assertThat(second.alignment().sharedViews()).isEqualTo(1);
    assertThat(second.alignment().degenerate()).isEqualTo("single-view");
    assertThat(second.alignment().inlierRatio()).isGreaterThan(0.99);
  }

  @Test
  void aFrameEndsWhenTheNextWindowNoLongerHoldsItOrItsCaptureEnds() {
    List<WindowOutcome> windows = new RoomCapture("c", 10, 4, 1, 0, 2).windows();
    assertThat(windows).hasSize(3);
    List<Long> ended = new ArrayList<>();
    for (WindowOutcome window : windows) {
      scene.apply(window);
      scene.publish(100);
      scene.endedBy(window.number()).forEach(end -> ended.add(end.sequence()));
    }
    assertThat(ended).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    scene.captureEnded("c", 3);
    assertThat(scene.capture("c").closed()).isTrue();
    scene.publish(200);
    List<FrameEnd> last = scene.endedByClose("c");
    assertThat(last.stream().map(FrameEnd::sequence)).containsExactly(6L, 7L, 8L, 9L);
    assertThat(last).allMatch(e -> e instanceof FrameEnd.Fused && e.atNs() == 200);
    // Frame 6 was in window 1 and 2: it counts from the first.
    assertThat(((FrameEnd.Fused) last.getFirst()).version()).isEqualTo(2);
    assertThat(scene.frames()).isEqualTo(10);
  }

  @Test
  void aWindowWithoutGeometryRejectsOnlyFramesThatNoOtherWindowHas() {
    List<WindowOutcome> windows = new ArrayList<>(new RoomCapture("c", 10, 4, 1, 0, 3).windows());
    windows.set(1, without(windows.get(1)));
    windows.forEach(scene::apply);
    scene.captureEnded("c", 3);
    scene.publish(7);
    List<FrameEnd> ends = new ArrayList<>();
    windows.forEach(w -> ends.addAll(scene.endedBy(w.number())));
    ends.addAll(scene.endedByClose("c"));
    assertThat(ends).hasSize(10);
    assertThat(ends.stream().filter(FrameEnd.NotFused.class::isInstance).map(FrameEnd::sequence))
        .containsExactly(4L, 5L);
    assertThat(ends)
        .filteredOn(FrameEnd.NotFused.class::isInstance)
        .allMatch(e -> ((FrameEnd.NotFused) e).unreconstructable());
    // Window 2 shares no view with window 0: a chain of its own that says so.
    assertThat(scene.window(2).chain()).isEqualTo(2);
    assertThat(scene.window(2).reason()).contains("shares no view");
    assertThat(scene.window(1).reason()).isEqualTo("no light");
  }

  @Test
  void withMoreOverlapABrokenWindowDoesNotBreakTheChain() {
    List<WindowOutcome> windows = new ArrayList<>(new RoomCapture("c", 12, 6, 4, 0, 4).windows());
    windows.set(1, without(windows.get(1)));
    windows.forEach(scene::apply);
    assertThat(scene.window(2).chain()).isZero();
    assertThat(scene.window(2).alignment().sharedViews()).isEqualTo(2);
  }

  @Test
  void aLaterCaptureStartsAChainAtTheOrigin() {
    new RoomCapture("one", 7, 4, 1, 0, 5).windows().forEach(scene::apply);
    scene.captureEnded("one", 2);
    new RoomCapture("two", 4, 4, 1, 2, 6).windows().forEach(scene::apply);
    assertThat(scene.window(2).chain()).isEqualTo(2);
    assertThat(scene.window(2).sceneFromSubmap().scale()).isEqualTo(1);
    assertThat(scene.captures().stream().map(SceneManifest.Capture::capture))
        .containsExactly("one", "two");
  }

  @Test
  void ofAFramesWindowsTheSurestRepresentsIt() {
    new RoomCapture("c", 10, 4, 1, 0, 7).windows().forEach(scene::apply);
    for (long frame = 0; frame < 10; frame++) {
      long sequence = frame;
      List<FrameEntry> entries =
          scene.windows().stream()
              .flatMap(w -> w.frames().stream())
              .filter(f -> f.sequence() == sequence)
              .toList();
      double surest = entries.stream().mapToDouble(FrameEntry::meanConfidence).max().orElseThrow();
      assertThat(entries).filteredOn(FrameEntry::best).hasSize(1);
      assertThat(entries).filteredOn(FrameEntry::best).allMatch(f -> f.meanConfidence() == surest);
    }
  }

  @Test
  void theVoxelSizeComesFromTheFirstWindowUnlessItIsChosen() {
    new RoomCapture("c", 4, 4, 1, 0, 8).windows().forEach(scene::apply);
    double depthScale = scene.window(0).sceneFromSubmap().scale();
    assertThat(depthScale).isEqualTo(1);
    assertThat(scene.volume().voxelSize()).isPositive();
    FusedScene chosen =
        new FusedScene(
            FusionRules.SERVED.withVoxelSize(java.util.OptionalDouble.of(0.0625)),
            new Integrator(parallel));
    new RoomCapture("c", 4, 4, 1, 0, 8).windows().forEach(chosen::apply);
    assertThat(chosen.volume().voxelSize()).isEqualTo(0.0625, within(0.0));
  }

  private Rigid3 pose(int frame) {
    return scene.windows().stream()
        .flatMap(w -> w.frames().stream())
        .filter(f -> f.sequence() == frame && f.best())
        .findFirst()
        .orElseThrow()
        .sceneFromCamera();
  }

  private static Rigid3 step(int from, int to) {
    return RoomCapture.roomFromCamera(from).inverse().times(RoomCapture.roomFromCamera(to));
  }

  private static WindowOutcome without(WindowOutcome window) {
    return new WindowOutcome(
        window.number(),
        window.numberInCapture(),
        window.windowId(),
        window.outcomeKey(),
        window.capture(),
        window.model(),
        window.sources(),
        new WindowOutcome.NoGeometry("no light"));
  }
}
