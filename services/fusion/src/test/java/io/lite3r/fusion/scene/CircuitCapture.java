package io.lite3r.fusion.scene;

import io.lite3r.fusion.refine.TexturedRoom;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneManifest;
import java.util.ArrayList;
import java.util.List;

/**
 * A camera that goes round a plastered room twice and looks outward, cut into windows of four views
 * that share one. A model has seen it that turns every step a little too far, so that the path
 * drifts.
 */
public final class CircuitCapture {
  public static final String CAPTURE = "circuit";
  public static final Intrinsics DEPTH_CAMERA = TexturedRoom.CAMERA;
  private static final int LAP = 15;
  private static final int SIZE = 4;
  private static final Rotation TOO_FAR = Rotation.exp(new Vector3(0, Math.toRadians(0.5), 0));

  private final int windows;

  public CircuitCapture(int windows) {
    this.windows = windows;
  }

  public static Rigid3 roomFromCamera(long frame) {
    double t = 2 * Math.PI * frame / LAP;
    int lap = (int) (frame / LAP);
    return new Rigid3(
        Rotation.exp(new Vector3(0.03 * lap, t + 0.04 * lap, 0.01 * Math.sin(2 * t))),
        new Vector3(
            (1.2 - 0.1 * lap) * Math.sin(t),
            0.05 * Math.sin(3 * t),
            (1.6 - 0.1 * lap) * Math.cos(t)));
  }

  public List<WindowOutcome> windows() {
    List<WindowOutcome> all = new ArrayList<>();
    for (int w = 0; w < windows; w++) {
      List<Long> frames = new ArrayList<>();
      for (int i = 0; i < SIZE; i++) {
        frames.add((long) (SIZE - 1) * w + i);
      }
      all.add(outcome(w, "circuit-" + w, frames, drifting(seen(frames))));
    }
    return all;
  }

  /** What a model says of views of both laps that does not err. */
  public static WindowOutcome verification(long later, String id, List<Long> frames) {
    return outcome(later, id, frames, seen(frames));
  }

  /** The same of one to which every view shows a place of its own. */
  public static WindowOutcome confused(long later, String id, List<Long> frames) {
    List<SubmapView> views = new ArrayList<>();
    for (SubmapView view : seen(frames)) {
      views.add(
          view.at(
              new Rigid3(
                  Rotation.exp(new Vector3(0, 0.9 * views.size(), 0)),
                  new Vector3(views.size(), 0, 0))));
    }
    return outcome(later, id, frames, views);
  }

  private static List<SubmapView> seen(List<Long> frames) {
    return TexturedRoom.seen(frames.stream().map(CircuitCapture::roomFromCamera).toList());
  }

  private static List<SubmapView> drifting(List<SubmapView> views) {
    List<SubmapView> drifting = new ArrayList<>();
    Rigid3 pose = views.getFirst().submapFromCamera();
    for (int i = 0; i < views.size(); i++) {
      if (i > 0) {
        Rigid3 step =
            views.get(i - 1).submapFromCamera().inverse().times(views.get(i).submapFromCamera());
        pose = pose.times(step).times(new Rigid3(TOO_FAR, Vector3.ZERO));
      }
      drifting.add(views.get(i).at(pose));
    }
    return drifting;
  }

  private static WindowOutcome outcome(
      long number, String id, List<Long> frames, List<SubmapView> views) {
    List<WindowOutcome.Source> sources = new ArrayList<>();
    for (long frame : frames) {
      sources.add(
          new WindowOutcome.Source(
              "cam", frame, 1_000 * frame, 1 + frame, frame + ".jpg", 640, 480, null));
    }
    return new WindowOutcome(
        number,
        number,
        id,
        "outcome-" + id,
        CAPTURE,
        new SceneManifest.Model("test-model", "00"),
        sources,
        new WindowOutcome.Geometry(
            views.stream()
                .map(v -> new WindowOutcome.View(asKept(v), Affine2.resize(160, 120, 640, 480), 2))
                .toList(),
            new ObjectRef("submaps/" + id, 1, "00", "test")));
  }

  /** As a submap object keeps it: half precision. */
  private static SubmapView asKept(SubmapView view) {
    float[] depth = view.depth().clone();
    for (int i = 0; i < depth.length; i++) {
      depth[i] = Float.float16ToFloat(Float.floatToFloat16(depth[i]));
    }
    return new SubmapView(
        depth, view.confidence(), view.rgb(), view.intrinsics(), view.submapFromCamera());
  }
}
