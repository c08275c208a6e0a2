package io.lite3r.fusion.scene;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.ViewRefinement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What reconstruction says of one window.
 *
 * @param number in the scene
 * @param numberInCapture in its capture
 * @param windowId its id
 * @param outcomeKey names the stored outcome
 * @param capture its capture
 * @param model what was run
 * @param sources its views in order
 * @param result geometry, or why there is none
 */
public record WindowOutcome(
    long number,
    long numberInCapture,
    String windowId,
    String outcomeKey,
    String capture,
    SceneManifest.Model model,
    List<Source> sources,
    Result result) {

  public WindowOutcome {
    sources = List.copyOf(sources);
    if (result instanceof Geometry geometry && geometry.views().size() != sources.size()) {
      throw new IllegalArgumentException(
          "window %s has %d views and geometry of %d"
              .formatted(windowId, sources.size(), geometry.views().size()));
    }
  }

  /** The same window with another result. */
  WindowOutcome with(Result now) {
    return new WindowOutcome(
        number, numberInCapture, windowId, outcomeKey, capture, model, sources, now);
  }

  /**
   * Who a view is.
   *
   * @param camera its camera
   * @param sequence its place in the camera's stream
   * @param captureTimeNs capture time, nanoseconds
   * @param acceptedAtNs accepted by capture, Unix nanoseconds
   * @param sourceName file name at the source; may be empty
   * @param originalWidth pixels
   * @param originalHeight pixels
   * @param priors what its sender knew of where it was; absent when nothing
   * @param calibration its camera, of the original image, when the sender knew it
   */
  public record Source(
      String camera,
      long sequence,
      long captureTimeNs,
      long acceptedAtNs,
      String sourceName,
      int originalWidth,
      int originalHeight,
      @Nullable FramePriors priors,
      @Nullable Intrinsics calibration) {

    /** Of a camera that nobody has calibrated. */
    public Source(
        String camera,
        long sequence,
        long captureTimeNs,
        long acceptedAtNs,
        String sourceName,
        int originalWidth,
        int originalHeight,
        @Nullable FramePriors priors) {
      this(
          camera,
          sequence,
          captureTimeNs,
          acceptedAtNs,
          sourceName,
          originalWidth,
          originalHeight,
          priors,
          null);
    }
  }

  /** Geometry or none. */
  public sealed interface Result {}

  /**
   * The window's geometry.
   *
   * @param views one for each source
   * @param submap where depth, confidence and colour are stored
   */
  public record Geometry(List<View> views, ObjectRef submap) implements Result {
    public Geometry {
      views = List.copyOf(views);
    }

    /** The planes and poses alone. */
    public List<SubmapView> planes() {
      return views.stream().map(View::planes).toList();
    }
  }

  /**
   * One view's geometry.
   *
   * @param planes depth, confidence, colour, pose and camera
   * @param originalFromDepth maps a depth pixel to the original's
   * @param meanConfidence at least 1
   * @param refinement what the window's pictures said of its camera and depth; absent when nothing
   */
  public record View(
      SubmapView planes,
      Affine2 originalFromDepth,
      double meanConfidence,
      @Nullable ViewRefinement refinement) {

    /** As a model gives it. */
    public View(SubmapView planes, Affine2 originalFromDepth, double meanConfidence) {
      this(planes, originalFromDepth, meanConfidence, null);
    }
  }

  /** No geometry, and why: a sentence. */
  public record NoGeometry(String reason) implements Result {}
}
