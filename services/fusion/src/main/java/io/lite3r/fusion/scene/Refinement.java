package io.lite3r.fusion.scene;

import io.lite3r.fusion.refine.Eye;
import io.lite3r.fusion.refine.PoseRefiner;
import io.lite3r.fusion.refine.Refined;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.DepthField;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.schemas.scene.FocalEstimate;
import io.lite3r.schemas.scene.ViewRefinement;
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

  /**
   * @param known what earlier windows have found out about the cameras
   */
  static WindowOutcome of(WindowOutcome outcome, KnownFocals known) {
    if (!(outcome.result() instanceof WindowOutcome.Geometry geometry)) {
      return outcome;
    }
    boolean calibrated = outcome.sources().stream().allMatch(s -> s.calibration() != null);
    List<SubmapView> given =
        calibrated ? told(outcome, geometry) : squared(outcome, geometry, known);
    List<Eye> eyes = Eyes.of(outcome.sources(), calibrated, known);
    Refined found = PoseRefiner.refine(given, eyes);
    if (found == null && !calibrated) {
      return outcome;
    }
    List<WindowOutcome.View> views = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      WindowOutcome.View view = geometry.views().get(i);
      SubmapView planes = found == null ? given.get(i) : found.views().get(i);
      DepthField depth = found == null ? null : found.depth().get(i);
      double before = eyes.get(i).focalSigma();
      double sigma = found == null ? before : found.focalSigma().get(eyes.get(i).lens());
      double perPixel = view.originalFromDepth().m00();
      FocalEstimate focal = new FocalEstimate(planes.intrinsics().fx() * perPixel, sigma);
      views.add(
          new WindowOutcome.View(
              planes.corrected(depth),
              view.originalFromDepth(),
              view.meanConfidence(),
              new ViewRefinement(
                  focal,
                  sigma < before
                      ? focal
                      : new FocalEstimate(given.get(i).intrinsics().fx() * perPixel, before),
                  depth)));
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

  /** One focal length for each camera: what earlier windows found, else the model's middle one. */
  private static List<SubmapView> squared(
      WindowOutcome outcome, WindowOutcome.Geometry geometry, KnownFocals known) {
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
      String camera = outcome.sources().get(i).camera();
      List<Double> models = focal.getOrDefault(camera, List.of());
      FocalEstimate before = known.of(camera);
      double pixels =
          before == null || before.logSigma() >= Eye.GUESSED
              ? models.get(models.size() / 2)
              : before.pixels();
      SubmapView planes = geometry.views().get(i).planes();
      views.add(
          seenBy(
              planes,
              withFocal(planes.intrinsics(), pixels, geometry.views().get(i).originalFromDepth())));
    }
    return views;
  }

  /**
   * A camera with square pixels.
   *
   * @param pixels focal length in the original image
   */
  static Intrinsics withFocal(Intrinsics k, double pixels, Affine2 originalFromDepth) {
    return new Intrinsics(
        pixels / originalFromDepth.m00(),
        pixels / originalFromDepth.m11(),
        k.cx(),
        k.cy(),
        k.width(),
        k.height(),
        k.distortion());
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
    return planes.by(camera, planes.submapFromCamera());
  }
}
