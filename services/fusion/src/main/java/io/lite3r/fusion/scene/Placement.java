package io.lite3r.fusion.scene;

import io.lite3r.fusion.align.Aligner;
import io.lite3r.fusion.align.Alignment;
import io.lite3r.fusion.align.SharedView;
import io.lite3r.fusion.graph.Spread;
import io.lite3r.fusion.refine.PoseRefiner;
import io.lite3r.fusion.submap.Quantile;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.AlignmentQuality;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.SubmapLink;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says where a window lies. It remembers the last few fused windows of each open capture; a window
 * that shares views with one of them is tied to the newest such, any other starts a chain of its
 * own that nothing ties to the rest yet, and says so.
 */
final class Placement {
  /** How many fused windows back a view may be shared, and a rig is calibrated over. */
  static final int REMEMBERED = 7;

  private final Aligner aligner;
  private final Map<String, Deque<Placed>> recent = new HashMap<>();

  Placement(Aligner aligner) {
    this.aligner = aligner;
  }

  private record Placed(
      long number,
      long chain,
      Sim3 sceneFromSubmap,
      List<WindowOutcome.Source> sources,
      Map<FrameKey, SubmapView> views) {

    int index(FrameKey key) {
      return List.copyOf(views.keySet()).indexOf(key);
    }

    Placed at(Sim3 place, List<FrameEntry> frames) {
      Map<FrameKey, SubmapView> posed = new LinkedHashMap<>(views);
      for (FrameEntry frame : frames) {
        Rigid3 pose = frame.submapFromCamera();
        if (pose != null) {
          posed.computeIfPresent(FrameKey.of(frame), (key, view) -> view.at(pose));
        }
      }
      return new Placed(number, chain, place, sources, posed);
    }
  }

  /** A place, or none and why. */
  sealed interface Verdict {
    record Tied(long chain, Sim3 sceneFromSubmap, AlignmentQuality quality, SubmapLink link)
        implements Verdict {}

    /** A place nothing ties to the rest; with a quality when shared views suggest it. */
    record NewChain(
        long chain,
        Sim3 sceneFromSubmap,
        @Nullable String reason,
        @Nullable AlignmentQuality quality)
        implements Verdict {}

    record Nowhere(String reason) implements Verdict {}
  }

  Verdict place(WindowOutcome outcome, WindowOutcome.Geometry geometry, boolean firstOfScene) {
    Deque<Placed> placed = recent.getOrDefault(outcome.capture(), new ArrayDeque<>());
    List<SharedView> shared = new ArrayList<>();
    long chain = -1;
    Placed nearest = null;
    for (int i = 0; i < outcome.sources().size(); i++) {
      FrameKey key = FrameKey.of(outcome.sources().get(i));
      for (Placed earlier : placed) { // newest first
        SubmapView there = earlier.views().get(key);
        if (there != null && (chain < 0 || chain == earlier.chain())) {
          chain = earlier.chain();
          nearest = nearest == null || earlier.number() > nearest.number() ? earlier : nearest;
          shared.add(
              new SharedView(
                  there,
                  earlier.sceneFromSubmap(),
                  geometry.planes().get(i),
                  PoseRefiner.depths(List.copyOf(earlier.views().values()), earlier.index(key)),
                  PoseRefiner.depths(geometry.planes(), i)));
          break;
        }
      }
    }
    if (nearest != null) {
      Placed to = nearest;
      return switch (aligner.align(shared)) {
        case Alignment.Aligned a when a.broken() ->
            new Verdict.NewChain(
                outcome.number(),
                a.sceneFromSubmap(),
                "only %.0f %% of its depth agrees with the views it shares; its place is what their cameras suggest"
                    .formatted(100 * a.quality().inlierRatio()),
                a.quality());
        case Alignment.Aligned a ->
            new Verdict.Tied(chain, a.sceneFromSubmap(), a.quality(), link(to, a));
        case Alignment.Unaligned u -> new Verdict.Nowhere(u.reason());
      };
    }
    if (placed.isEmpty()) {
      return new Verdict.NewChain(
          outcome.number(),
          Sim3.IDENTITY,
          firstOfScene
              ? null
              : "the first window of capture %s shares no view with earlier ones; it is placed at the scene's origin"
                  .formatted(outcome.capture()),
          null);
    }
    return new Verdict.NewChain(
        outcome.number(),
        whereTheCameraWas(placed.getFirst(), geometry.planes().getFirst()),
        "it shares no view with a fused window; it is placed where capture %s was last seen"
            .formatted(outcome.capture()),
        null);
  }

  /** The remembered windows of a chain, oldest first. */
  List<RigCalibration.Seen> seen(String capture, long chain) {
    List<RigCalibration.Seen> seen = new ArrayList<>();
    for (Placed placed : recent.getOrDefault(capture, new ArrayDeque<>())) {
      if (placed.chain() == chain) {
        seen.addFirst(
            new RigCalibration.Seen(
                placed.sources(), List.copyOf(placed.views().values()), placed.sceneFromSubmap()));
      }
    }
    return seen;
  }

  private static SubmapLink link(Placed to, Alignment.Aligned aligned) {
    SubmapView last = to.views().values().stream().reduce((a, b) -> b).orElseThrow();
    float[] depth = last.depth().clone();
    double median = Math.max(1e-12, Quantile.of(depth, depth.length, 0.5));
    Spread spread = Spread.of(aligned.quality(), median);
    return new SubmapLink(
        to.number(),
        to.sceneFromSubmap().inverse().times(aligned.sceneFromSubmap()),
        spread.translation(),
        spread.rotation(),
        spread.logScale());
  }

  /** A window has moved: when it is remembered, it lies elsewhere now. */
  void moved(WindowEntry now) {
    Sim3 place = now.sceneFromSubmap();
    Deque<Placed> placed = recent.get(now.capture());
    if (place == null || placed == null) {
      return;
    }
    List<Placed> kept =
        placed.stream()
            .map(p -> p.number() == now.number() ? p.at(place, now.frames()) : p)
            .toList();
    placed.clear();
    placed.addAll(kept);
  }

  /** The place in which the window's first camera stands where the capture's last one stood. */
  private static Sim3 whereTheCameraWas(Placed before, SubmapView first) {
    SubmapView last = before.views().values().stream().reduce((a, b) -> b).orElseThrow();
    Rigid3 sceneFromCamera = before.sceneFromSubmap().carry(last.submapFromCamera());
    Sim3 sceneFromView =
        new Sim3(
            before.sceneFromSubmap().scale(),
            sceneFromCamera.rotation(),
            sceneFromCamera.translation());
    Rigid3 viewFromSubmap = first.submapFromCamera().inverse();
    return sceneFromView.times(
        new Sim3(1, viewFromSubmap.rotation(), viewFromSubmap.translation()));
  }

  /** A fused window later ones may share views with. */
  void remember(
      String capture,
      long number,
      long chain,
      Sim3 sceneFromSubmap,
      List<WindowOutcome.Source> sources,
      List<SubmapView> views) {
    // Linked: the last view must be found again.
    Map<FrameKey, SubmapView> byFrame = new LinkedHashMap<>();
    for (int i = 0; i < views.size(); i++) {
      byFrame.put(FrameKey.of(sources.get(i)), views.get(i));
    }
    Deque<Placed> placed = recent.computeIfAbsent(capture, c -> new ArrayDeque<>());
    placed.addFirst(new Placed(number, chain, sceneFromSubmap, sources, byFrame));
    if (placed.size() > REMEMBERED) {
      placed.removeLast();
    }
  }

  /** A capture has ended: nothing will share its views. */
  void forget(String capture) {
    recent.remove(capture);
  }

  /** The windows a restarted fusion has to read again to place the next one alike. */
  static List<WindowEntry> toRemember(List<WindowEntry> ofCapture) {
    List<WindowEntry> fused =
        ofCapture.stream().filter(e -> e.status() == WindowEntry.WindowStatus.FUSED).toList();
    return fused.subList(Math.max(0, fused.size() - REMEMBERED), fused.size());
  }
}
