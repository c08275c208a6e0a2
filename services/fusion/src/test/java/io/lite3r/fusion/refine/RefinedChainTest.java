package io.lite3r.fusion.refine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.schemas.scene.FocalEstimate;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.ViewRefinement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Refined windows in a scene: what is handed on from one to the next. */
class RefinedChainTest {
  private static final int VIEWS = 4;

  /** The camera on the original, which is four times as large as its depth. */
  private static final Intrinsics TOLD = new Intrinsics(480, 480, 320, 240, 640, 480);

  /**
   * How much deeper a window takes the view that it shares with the one before. By depth it would
   * be placed by that much too small; by corners only its unit, which its depth maps say together,
   * suffers, by about a quarter of that.
   */
  private static final float SWOLLEN = 1.2f;

  private static final FusionRules RULES = FusionRules.SERVED.withVoxelSize(OptionalDouble.of(1));

  private final Parallel parallel = new Parallel(1);
  private final List<Rigid3> walk = TexturedRoom.walk(3 * VIEWS - 2);

  @AfterEach
  void stopThreads() {
    parallel.close();
  }

  @Test
  void cornersTellTheScaleBetweenWindowsWhoseDepthDisagrees() {
    assertThat(scaleOfSecond(null)).isCloseTo(1, within(0.06));
  }

  @Test
  void aCameraThatWasToldIsUsedInsteadOfTheModels() {
    FusedScene scene = fuse(TOLD);
    FrameEntry frame = scene.window(1).frames().getLast();
    assertThat(frame.intrinsics()).isNotNull();
    assertThat(frame.intrinsics().fx()).isCloseTo(TOLD.fx(), within(0.1));
    assertThat(scaleOfSecond(TOLD)).isCloseTo(1, within(0.06));
  }

  @Test
  void aDepthMapThatContradictsItsCornersIsMended() {
    ViewRefinement swollen = fuse(null).window(1).frames().getFirst().refinement();
    ViewRefinement beside = fuse(null).window(1).frames().get(1).refinement();
    assertThat(swollen).isNotNull();
    assertThat(beside).isNotNull();
    assertThat(swollen.depth().gain().get(7) / beside.depth().gain().get(7))
        .isCloseTo(1 / SWOLLEN, within(0.04));
  }

  @Test
  void laterWindowsStartFromWhatIsKnownOfTheCamera() {
    FusedScene scene = new FusedScene(RULES, new Integrator(parallel));
    scene.apply(windows(TOLD).getFirst());
    scene.apply(windows(null).get(1));
    FocalEstimate later = scene.window(1).frames().getFirst().refinement().focal();
    assertThat(later.logSigma()).isLessThan(1e-5);
    assertThat(later.pixels()).isCloseTo(TOLD.fx(), within(0.1));
    FocalEstimate alone = fuse(null).window(1).frames().getFirst().refinement().focal();
    assertThat(alone.logSigma()).isGreaterThan(0.01);
  }

  @Test
  void aRestartedSceneGoesOnWithTheSameBits() {
    List<WindowOutcome> windows = windows(null);
    FusedScene scene = new FusedScene(RULES, new Integrator(parallel));
    windows.subList(0, 2).forEach(scene::apply);
    assertThat(scene.window(0).frames().getLast().submapFromCamera())
        .as("refined")
        .isNotEqualTo(planes(windows.getFirst()).getLast().submapFromCamera());
    FusedScene again = new FusedScene(RULES, new Integrator(parallel));
    again.restore(manifest(), scene.windows());
    for (int w = 0; w < 2; w++) {
      again.reintegrate(scene.window(w), planes(windows.get(w)));
      again.remember(scene.window(w), planes(windows.get(w)));
    }
    assertThat(again.digest()).isEqualTo(scene.digest());
    scene.apply(windows.get(2));
    again.apply(windows.get(2));
    assertThat(again.digest()).isEqualTo(scene.digest());
  }

  private static List<SubmapView> planes(WindowOutcome window) {
    return ((WindowOutcome.Geometry) window.result()).planes();
  }

  private static SceneManifest manifest() {
    return new SceneManifest(
        "",
        "s",
        1,
        null,
        "",
        "scene",
        1,
        1,
        0,
        0,
        0,
        List.of(),
        List.of(new SceneManifest.Capture("room", false, 2, -1, 0)),
        List.of(),
        List.of(),
        null,
        null,
        List.of(),
        null,
        null,
        List.of());
  }

  private double scaleOfSecond(@Nullable Intrinsics told) {
    FusedScene scene = fuse(told);
    return scene.window(1).sceneFromSubmap().scale();
  }

  private FusedScene fuse(@Nullable Intrinsics told) {
    FusedScene scene = new FusedScene(RULES, new Integrator(parallel));
    windows(told).subList(0, 2).forEach(scene::apply);
    return scene;
  }

  private List<WindowOutcome> windows(@Nullable Intrinsics told) {
    List<WindowOutcome> windows = new ArrayList<>();
    for (int w = 0; w < 3; w++) {
      int first = (VIEWS - 1) * w;
      List<SubmapView> seen = TexturedRoom.seen(walk.subList(first, first + VIEWS));
      windows.add(window(w, seen, w == 0 ? 1 : SWOLLEN, told));
    }
    return windows;
  }

  /** A window in the axes and unit of its first camera, whose first depth map is swollen. */
  private static WindowOutcome window(
      int number, List<SubmapView> seen, float swollen, @Nullable Intrinsics told) {
    List<WindowOutcome.Source> sources = new ArrayList<>();
    List<WindowOutcome.View> views = new ArrayList<>();
    for (int i = 0; i < seen.size(); i++) {
      long frame = (long) (VIEWS - 1) * number + i;
      sources.add(new WindowOutcome.Source("cam", frame, frame, 1, "", 640, 480, null, told));
      SubmapView view = seen.get(i);
      float[] depth = view.depth().clone();
      for (int p = 0; p < depth.length && i == 0; p++) {
        depth[p] *= swollen;
      }
      views.add(
          new WindowOutcome.View(
              new SubmapView(
                  depth, view.confidence(), view.rgb(), view.intrinsics(), view.submapFromCamera()),
              Affine2.resize(160, 120, 640, 480),
              1.5));
    }
    return new WindowOutcome(
        number,
        number,
        "w" + number,
        "o" + number,
        "room",
        new SceneManifest.Model("test", "00"),
        sources,
        new WindowOutcome.Geometry(views, new ObjectRef("", 0, "", "")));
  }
}
