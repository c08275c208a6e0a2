package io.lite3r.fusion.scene;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowLoops;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A camera that comes back to where it was, and a scene that notices. */
class LoopedSceneTest {
  private static final FusionRules PLAIN =
      new FusionRules(
          false,
          FusionRules.SERVED.aligner(),
          FusionRules.SERVED.gate(),
          OptionalDouble.of(0.2),
          FusionRules.SERVED.truncationVoxels());
  private static final FusionRules RULES = PLAIN.withLoops(LoopRules.SERVED);
  private static final List<WindowOutcome> WINDOWS = new CircuitCapture(10).windows();

  private final Parallel parallel = new Parallel(2);

  @AfterEach
  void stopThreads() {
    parallel.close();
  }

  /** Who answers a verification, given its id and frames. */
  private interface Model extends BiFunction<WindowLoops.Proposal, List<Long>, WindowOutcome> {}

  private static final Model TRUE =
      (p, frames) -> CircuitCapture.verification(p.later(), p.verificationId(), frames);
  private static final Model CONFUSED =
      (p, frames) -> CircuitCapture.confused(p.later(), p.verificationId(), frames);

  private FusedScene scene(FusionRules rules) {
    return new FusedScene(rules, new Integrator(parallel));
  }

  private static void apply(FusedScene scene, int from, int to, Model model) {
    for (int w = from; w < to; w++) {
      scene.apply(WINDOWS.get(w));
      close(scene, scene.loopsDueWith(w), model);
      scene.proposeLoop(LoopedSceneTest::planes);
      scene.settle(LoopedSceneTest::planes);
    }
  }

  private static void close(FusedScene scene, List<WindowLoops.Proposal> due, Model model) {
    for (WindowLoops.Proposal proposal : due) {
      List<Long> frames =
          Stream.concat(
                  sequences(scene, proposal.earlier(), proposal.earlierViews()),
                  sequences(scene, proposal.later(), proposal.laterViews()))
              .toList();
      scene.closeLoop(proposal, model.apply(proposal, frames), LoopedSceneTest::planes);
    }
  }

  private static Stream<Long> sequences(FusedScene scene, long window, List<Integer> views) {
    return views.stream().map(v -> scene.window(window).frames().get(v).sequence());
  }

  private static FusedScene finish(FusedScene scene, Model model) {
    scene.captureEnded(CircuitCapture.CAPTURE, WINDOWS.size());
    close(scene, scene.loopsBeforeClosing(CircuitCapture.CAPTURE), model);
    scene.settle(LoopedSceneTest::planes);
    return scene;
  }

  private FusedScene fused(FusionRules rules, Model model) {
    FusedScene scene = scene(rules);
    apply(scene, 0, WINDOWS.size(), model);
    return finish(scene, model);
  }

  private static List<SubmapView> planes(WindowEntry entry) {
    return ((WindowOutcome.Geometry) WINDOWS.get((int) entry.number()).result()).planes();
  }

  private static List<WindowLoops.Closing> closings(FusedScene scene) {
    return scene.windows().stream().flatMap(w -> w.closedLoops().stream()).toList();
  }

  /** How far the last camera is from where it was, seen from the first. */
  private static double endPointError(FusedScene scene) {
    FrameEntry last = scene.windows().getLast().frames().getLast();
    Rigid3 truth =
        CircuitCapture.roomFromCamera(0)
            .inverse()
            .times(CircuitCapture.roomFromCamera(last.sequence()));
    Vector3 found = last.sceneFromCamera().translation();
    return found.minus(truth.translation()).norm();
  }

  @Test
  void aPlaceSeenAgainBringsTheEndOfThePathHome() {
    FusedScene drifted = fused(PLAIN, TRUE);
    FusedScene looped = fused(RULES, TRUE);
    assertThat(closings(drifted)).isEmpty();
    assertThat(closings(looped)).isNotEmpty().allMatch(c -> c.refused() == null);
    assertThat(endPointError(drifted)).isGreaterThan(0.3);
    assertThat(endPointError(looped)).isLessThan(0.4 * endPointError(drifted));
    assertThat(looped.capture(CircuitCapture.CAPTURE).closed()).isTrue();
  }

  @Test
  void aVerificationTakesEffectAtItsWindowAndNeitherBeforeNorAfter() {
    FusedScene scene = scene(RULES);
    int at = -1;
    for (int w = 0; at < 0; w++) {
      apply(scene, w, w + 1, TRUE);
      at = scene.pendingLoops().isEmpty() ? -1 : w;
    }
    WindowLoops.Proposal proposal = scene.pendingLoops().getFirst();
    assertThat(proposal.later()).isEqualTo(at);
    // What it says it has come back to is what it shows: the same part of the lap before.
    long there = scene.window(proposal.earlier()).frames().getFirst().sequence();
    long here = scene.window(proposal.later()).frames().getFirst().sequence();
    assertThat((here - there) % 15).isIn(0L, 1L, 2L, 3L, 12L, 13L, 14L);
    long due = at + LoopRules.SERVED.delay();
    assertThat(scene.loopsDueWith(due - 1)).isEmpty();
    assertThat(scene.loopsDueWith(due)).containsExactly(proposal);
  }

  @Test
  void aCaptureDoesNotCloseBeforeItsVerificationsHaveTakenEffect() {
    FusedScene scene = scene(RULES);
    apply(scene, 0, WINDOWS.size(), TRUE);
    scene.captureEnded(CircuitCapture.CAPTURE, WINDOWS.size());
    assertThat(scene.loopsBeforeClosing(CircuitCapture.CAPTURE)).isNotEmpty();
    assertThat(scene.capture(CircuitCapture.CAPTURE).closed()).isFalse();
    close(scene, scene.loopsBeforeClosing(CircuitCapture.CAPTURE), TRUE);
    assertThat(scene.capture(CircuitCapture.CAPTURE).closed()).isTrue();
    assertThat(scene.pendingLoops()).isEmpty();
  }

  @Test
  void aReconstructionThatMakesNoSenseTiesNothing() {
    FusedScene scene = fused(RULES, CONFUSED);
    assertThat(closings(scene)).isNotEmpty().allMatch(c -> c.tie() == null);
    assertThat(closings(scene).getFirst().refused()).contains("corners");
    assertThat(scene.digest()).isEqualTo(fused(PLAIN, TRUE).digest());
  }

  @Test
  void aVerificationWithoutGeometryTiesNothing() {
    FusedScene scene =
        fused(
            RULES,
            (p, frames) ->
                TRUE.apply(p, frames).with(new WindowOutcome.NoGeometry("the model failed")));
    assertThat(closings(scene)).allMatch(c -> "the model failed".equals(c.refused()));
  }

  @Test
  void aRestartedSceneWaitsForTheSameVerificationsAndEndsWithTheSameBits() {
    FusedScene undisturbed = fused(RULES, TRUE);
    for (int at = 5; at < WINDOWS.size(); at++) {
      FusedScene before = scene(RULES);
      apply(before, 0, at, TRUE);
      FusedScene after = restarted(before);
      assertThat(after.pendingLoops()).isEqualTo(before.pendingLoops());
      apply(after, at, WINDOWS.size(), TRUE);
      assertThat(finish(after, TRUE).digest()).isEqualTo(undisturbed.digest());
    }
  }

  private FusedScene restarted(FusedScene before) {
    FusedScene after = scene(RULES);
    after.restore(
        new SceneManifest(
            "",
            "s",
            1,
            null,
            "",
            "scene",
            0.2,
            1,
            0,
            0,
            0,
            List.of(),
            before.captures(),
            List.of(),
            List.of(),
            null,
            null,
            List.of(),
            null,
            null,
            List.of()),
        new ArrayList<>(before.windows()));
    before.windows().forEach(e -> after.reintegrate(e, planes(e)));
    after.toRemember().forEach(e -> after.remember(e, planes(e)));
    return after;
  }
}
