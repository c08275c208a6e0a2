package io.lite3r.fusion.scene;

import io.lite3r.fusion.refine.PoseRefiner;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A window with better poses and cameras than the model gave it ({@link PoseRefiner}). Its cameras
 * have square pixels and one focal length each, or are the ones that were told.
 */
final class Refinement {
  private Refinement() {}

  static WindowOutcome of(WindowOutcome outcome) {
    if (!(outcome.result() instanceof WindowOutcome.Geometry geometry)) {
      return outcome;
    }
    boolean calibrated = outcome.sources().stream().allMatch(s -> s.calibration() != null);
    List<SubmapView> given = calibrated ? told(outcome, geometry) : squared(outcome, geometry);
    List<SubmapView> found = PoseRefiner.refine(given, calibrated);
    if (found == given && !calibrated) {
      return outcome;
    }
    List<WindowOutcome.View> views = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      WindowOutcome.View view = geometry.views().get(i);
      views.add(
          new WindowOutcome.View(found.get(i), view.originalFromDepth(), view.meanConfidence()));
    }
    return outcome.with(new WindowOutcome.Geometry(views, geometry.submap()));
  }

  private static List<SubmapView> told(WindowOutcome outcome, WindowOutcome.Geometry geometry) {
    List<SubmapView> views = new ArrayList<>();
    for (int i = 0; i < geometry.views().size(); i++) {
      WindowOutcome.View view = geometry.views().get(i);
      Intrinsics known = Objects.requireNonNull(outcome.sources().get(i).calibration());
      views.add(seenBy(view.planes(), onDepthGrid(known, view)));
    }
    return views;
  }

  private static List<SubmapView> squared(WindowOutcome outcome, WindowOutcome.Geometry geometry) {
    Map<String, List<Double>> focal = new HashMap<>();
    for (int i = 0; i < geometry.views().size(); i++) {
      Affine2 map = geometry.views().get(i).originalFromDepth();
      Intrinsics k = geometry.views().get(i).planes().intrinsics();
      focal
          .computeIfAbsent(outcome.sources().get(i).camera(), c -> new ArrayList<>())
          .add(Math.sqrt(k.fx() * map.m00() * k.fy() * map.m11()));
    }
    focal.values().forEach(list -> list.sort(null));
    List<SubmapView> views = new ArrayList<>();
    for (int i = 0; i < geometry.views().size(); i++) {
      List<Double> ofCamera = focal.getOrDefault(outcome.sources().get(i).camera(), List.of());
      double middle = ofCamera.get(ofCamera.size() / 2);
      SubmapView planes = geometry.views().get(i).planes();
      Affine2 map = geometry.views().get(i).originalFromDepth();
      Intrinsics k = planes.intrinsics();
      views.add(
          seenBy(
              planes,
              new Intrinsics(
                  middle / map.m00(),
                  middle / map.m11(),
                  k.cx(),
                  k.cy(),
                  k.width(),
                  k.height(),
                  k.distortion())));
    }
    return views;
  }

  /** A camera of the original on the grid of a view's depth; depth is a pinhole camera's. */
  private static Intrinsics onDepthGrid(Intrinsics original, WindowOutcome.View view) {
    return new Intrinsics(
            original.fx(),
            original.fy(),
            original.cx(),
            original.cy(),
            original.width(),
            original.height())
        .mapped(view.originalFromDepth().inverse(), view.planes().width(), view.planes().height());
  }

  private static SubmapView seenBy(SubmapView planes, Intrinsics camera) {
    return new SubmapView(
        planes.depth(), planes.confidence(), planes.rgb(), camera, planes.submapFromCamera());
  }
}
