package io.lite3r.fusion.scene;

import io.lite3r.fusion.refine.Eye;
import io.lite3r.fusion.refine.PoseRefiner;
import io.lite3r.fusion.refine.Refined;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.FocalEstimate;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.scene.ViewRefinement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Focal lengths of a rig by a longer way than one window's. A rig that moves straight ahead does
 * not determine them: focal length, depth and length of the way can be stretched together. Only its
 * turns do, and within a window there is too little of them. So every few windows, until the focal
 * lengths are determined, one instant of each of the last windows is adjusted together with the
 * others. Later windows start from what it says.
 */
final class RigCalibration {
  /** Windows from one attempt to the next: half of what each looks at. */
  private static final int EVERY = 4;

  private RigCalibration() {}

  /** A placed window, as it is remembered. */
  record Seen(List<WindowOutcome.Source> sources, List<SubmapView> views, Sim3 sceneFromSubmap) {}

  /**
   * The geometry, with what is known of its cameras when it is its turn to find out more.
   *
   * @param before the windows before it in its chain, oldest first
   * @param sceneFromSubmap where it has been placed
   */
  static WindowOutcome.Geometry of(
      WindowOutcome outcome,
      WindowOutcome.Geometry geometry,
      List<Seen> before,
      Sim3 sceneFromSubmap) {
    if (outcome.numberInCapture() % EVERY != EVERY - 1
        || before.size() < EVERY - 1
        || !asksForIt(outcome, geometry)) {
      return geometry;
    }
    List<Seen> all = new ArrayList<>(before);
    all.add(new Seen(outcome.sources(), geometry.planes(), sceneFromSubmap));
    Map<String, FocalEstimate> found = calibrate(all, outcome, geometry);
    return found.isEmpty() ? geometry : with(outcome, geometry, found);
  }

  private static boolean asksForIt(WindowOutcome outcome, WindowOutcome.Geometry geometry) {
    boolean open = false;
    for (int i = 0; i < outcome.sources().size(); i++) {
      ViewRefinement refinement = geometry.views().get(i).refinement();
      if (refinement == null || rigFromCamera(outcome.sources().get(i)) == null) {
        return false;
      }
      open |= !refinement.known().determined();
    }
    return open;
  }

  private static @Nullable Rigid3 rigFromCamera(WindowOutcome.Source source) {
    FramePriors priors = source.priors();
    return priors == null ? null : priors.rigFromCamera();
  }

  /** By camera; empty when nothing can be told. */
  private static Map<String, FocalEstimate> calibrate(
      List<Seen> windows, WindowOutcome outcome, WindowOutcome.Geometry geometry) {
    Map<String, WindowOutcome.View> now = new HashMap<>();
    for (int i = 0; i < outcome.sources().size(); i++) {
      now.putIfAbsent(outcome.sources().get(i).camera(), geometry.views().get(i));
    }
    List<WindowOutcome.Source> sources = new ArrayList<>();
    List<SubmapView> views = new ArrayList<>();
    for (Seen window : windows) {
      for (int i = 0; i < window.sources().size(); i++) {
        WindowOutcome.Source source = window.sources().get(i);
        WindowOutcome.View like = now.get(source.camera());
        SubmapView view = window.views().get(i);
        if (like != null
            && like.planes().width() == view.width()
            && like.planes().height() == view.height()
            && Eyes.together(source, window.sources().getFirst())) {
          sources.add(source);
          views.add(inScene(view, camera(like), window.sceneFromSubmap()));
        }
      }
    }
    List<Eye> eyes = Eyes.of(sources, false, camera -> known(now, camera));
    Refined refined = PoseRefiner.calibrate(views, eyes);
    Map<String, FocalEstimate> found = new HashMap<>();
    for (int i = 0; i < views.size() && refined != null; i++) {
      Affine2 map = Objects.requireNonNull(now.get(sources.get(i).camera())).originalFromDepth();
      found.put(
          sources.get(i).camera(),
          new FocalEstimate(
              refined.views().get(i).intrinsics().fx() * map.m00(),
              refined.focalSigma().get(eyes.get(i).lens())));
    }
    return found;
  }

  private static Intrinsics camera(WindowOutcome.View view) {
    return Refinement.withFocal(
        view.planes().intrinsics(),
        Objects.requireNonNull(view.refinement()).known().pixels(),
        view.originalFromDepth());
  }

  private static @Nullable FocalEstimate known(Map<String, WindowOutcome.View> now, String camera) {
    WindowOutcome.View view = now.get(camera);
    ViewRefinement refinement = view == null ? null : view.refinement();
    return refinement == null ? null : refinement.known();
  }

  private static SubmapView inScene(SubmapView view, Intrinsics camera, Sim3 sceneFromSubmap) {
    float[] depth = view.depth().clone();
    for (int i = 0; i < depth.length; i++) {
      depth[i] *= (float) sceneFromSubmap.scale();
    }
    return new SubmapView(
        depth,
        view.confidence(),
        view.rgb(),
        camera,
        sceneFromSubmap.carry(view.submapFromCamera()));
  }

  private static WindowOutcome.Geometry with(
      WindowOutcome outcome, WindowOutcome.Geometry geometry, Map<String, FocalEstimate> found) {
    List<WindowOutcome.View> views = new ArrayList<>();
    for (int i = 0; i < geometry.views().size(); i++) {
      WindowOutcome.View view = geometry.views().get(i);
      ViewRefinement old = Objects.requireNonNull(view.refinement());
      FocalEstimate known = found.getOrDefault(outcome.sources().get(i).camera(), old.known());
      views.add(
          new WindowOutcome.View(
              view.planes(),
              view.originalFromDepth(),
              view.meanConfidence(),
              new ViewRefinement(old.focal(), known, old.depth())));
    }
    return new WindowOutcome.Geometry(views, geometry.submap());
  }
}
