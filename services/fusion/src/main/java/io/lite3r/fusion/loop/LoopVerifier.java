package io.lite3r.fusion.loop;

import io.lite3r.fusion.align.Aligner;
import io.lite3r.fusion.align.Alignment;
import io.lite3r.fusion.align.SharedView;
import io.lite3r.fusion.graph.Spread;
import io.lite3r.fusion.refine.Eye;
import io.lite3r.fusion.refine.PoseRefiner;
import io.lite3r.fusion.refine.Refined;
import io.lite3r.fusion.submap.Quantile;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether two windows show the same place, by a reconstruction of views of both: corners that look
 * alike must lie where its depth and poses say, and it must fit both windows on the views it shares
 * with them. Then it ties the one to the other.
 */
public final class LoopVerifier {
  /** How near to where it is expected a corner must be found, share of the image's width. */
  private static final double NEAR = 0.04;

  /** Of the corners that look alike so many must be found there. */
  private static final double MOST = 0.6;

  /** A side whose cameras turn by more against each other is not the window that it should be. */
  private static final double LARGEST_TURN_DEG = 8;

  /** The same for their places, share of the depth. */
  private static final double LARGEST_SHIFT = 0.1;

  private final Aligner aligner;
  private final LoopRules rules;
  private final boolean refined;

  /**
   * @param refined whether poses of the reconstruction are made better first, as windows' are
   */
  public LoopVerifier(Aligner aligner, LoopRules rules, boolean refined) {
    this.aligner = aligner;
    this.rules = rules;
    this.refined = refined;
  }

  /**
   * One of the two windows.
   *
   * @param window all its views, with the poses that it gave itself
   * @param views indices of those that the reconstruction has, too
   */
  public record Side(List<SubmapView> window, List<Integer> views) {
    public Side {
      window = List.copyOf(window);
      views = List.copyOf(views);
    }

    List<SubmapView> chosen() {
      return views.stream().map(window::get).toList();
    }
  }

  /** A tie or the reason why there is none. */
  public sealed interface Verdict {
    /**
     * They show the same place.
     *
     * @param spread lengths in units of the earlier window
     */
    record Tied(Sim3 earlierFromLater, Spread spread) implements Verdict {}

    /** They do not, or nobody can tell; a sentence. */
    record Refused(String reason) implements Verdict {}
  }

  /**
   * Whether both sides show one place, and how they lie to each other.
   *
   * @param reconstructed the views of the earlier side, then those of the later, as the model gave
   *     them
   */
  public Verdict verify(Side earlier, Side later, List<SubmapView> reconstructed) {
    List<SubmapView> chosen = new ArrayList<>(earlier.chosen());
    chosen.addAll(later.chosen());
    if (reconstructed.size() != chosen.size()) {
      return new Verdict.Refused(
          "%d of its %d views were reconstructed".formatted(reconstructed.size(), chosen.size()));
    }
    List<SubmapView> views = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      SubmapView view = reconstructed.get(i);
      if (view.width() != chosen.get(i).width() || view.height() != chosen.get(i).height()) {
        return new Verdict.Refused("its views were reconstructed at another size");
      }
      views.add(view.by(chosen.get(i).intrinsics(), view.submapFromCamera()));
    }
    List<SubmapView> found = refined ? refined(views) : views;
    int split = earlier.views().size();
    List<SubmapView> first = found.subList(0, split);
    List<SubmapView> second = found.subList(split, found.size());
    int[] met = met(first, second);
    if (met[1] < rules.leastMatches() || met[1] < MOST * met[0]) {
      return new Verdict.Refused(
          "of %d corners that look alike %d lie where its reconstruction says"
              .formatted(met[0], met[1]));
    }
    return switch (fit(earlier, first, found, 0)) {
      case Fit.None none -> new Verdict.Refused("the earlier window: " + none.reason());
      case Fit.At a ->
          switch (fit(later, second, found, split)) {
            case Fit.None none -> new Verdict.Refused("the later window: " + none.reason());
            case Fit.At b -> tied(a, b);
          };
    };
  }

  /** With better poses; the windows have found out what their cameras are. */
  private static List<SubmapView> refined(List<SubmapView> views) {
    List<Eye> eyes = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      eyes.add(new Eye(i, Eye.MEASURED, i, null));
    }
    Refined better = PoseRefiner.refine(views, eyes);
    if (better == null) {
      return views;
    }
    List<SubmapView> found = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      found.add(better.views().get(i).corrected(better.depth().get(i)));
    }
    return found;
  }

  private static Verdict tied(Fit.At a, Fit.At b) {
    Sim3 earlierFromLater = a.windowFromFound().times(b.windowFromFound().inverse());
    return new Verdict.Tied(
        earlierFromLater,
        new Spread(
            Math.hypot(
                a.spread().translation(), earlierFromLater.scale() * b.spread().translation()),
            Math.hypot(a.spread().rotation(), b.spread().rotation()),
            Math.hypot(a.spread().logScale(), b.spread().logScale())));
  }

  private sealed interface Fit {
    record At(Sim3 windowFromFound, Spread spread) implements Fit {}

    record None(String reason) implements Fit {}
  }

  /** The reconstruction laid onto one of the windows. */
  private Fit fit(Side side, List<SubmapView> same, List<SubmapView> found, int at) {
    List<SharedView> shared = new ArrayList<>();
    for (int i = 0; i < same.size(); i++) {
      int there = side.views().get(i);
      shared.add(
          new SharedView(
              side.window().get(there),
              Sim3.IDENTITY,
              same.get(i),
              PoseRefiner.depths(side.window(), there),
              PoseRefiner.depths(found, at + i)));
    }
    return switch (aligner.align(shared)) {
      case Alignment.Unaligned none -> new Fit.None(none.reason());
      case Alignment.Aligned a when a.broken() ->
          new Fit.None("the reconstruction's depth has nothing to do with its own");
      case Alignment.Aligned a
          when a.quality().rotationSpreadDeg() > LARGEST_TURN_DEG
              || a.quality().centreResidual() > LARGEST_SHIFT ->
          new Fit.None(
              "its cameras are up to %.1f degrees and %.0f %% of the depth from where the reconstruction has them"
                  .formatted(a.quality().rotationSpreadDeg(), 100 * a.quality().centreResidual()));
      case Alignment.Aligned a -> {
        float[] depth = side.window().get(side.views().getFirst()).depth().clone();
        double median = Math.max(1e-12, Quantile.of(depth, depth.length, 0.5));
        yield new Fit.At(a.sceneFromSubmap(), Spread.of(a.quality(), median));
      }
    };
  }

  /** How many corners of the first views look like some of the second, and lie where expected. */
  private static int[] met(List<SubmapView> first, List<SubmapView> second) {
    List<CornerPatches> corners = first.stream().map(CornerPatches::of).toList();
    int alike = 0;
    int met = 0;
    for (SubmapView to : second) {
      CornerPatches there = CornerPatches.of(to);
      for (int i = 0; i < first.size(); i++) {
        SubmapView from = first.get(i);
        for (CornerMatches.Match match : CornerMatches.of(corners.get(i), there, from.width())) {
          double gap = gap(from, to, match);
          alike += Double.isNaN(gap) ? 0 : 1;
          met += gap < NEAR * from.width() ? 1 : 0;
        }
      }
    }
    return new int[] {alike, met};
  }

  /** Pixels from where the corner is expected in the second view; NaN where there is no depth. */
  private static double gap(SubmapView from, SubmapView to, CornerMatches.Match match) {
    double depth = from.depth()[((int) match.ay()) * from.width() + (int) match.ax()];
    if (!(depth > 0)) {
      return Double.NaN;
    }
    Rigid3 toFromFrom = to.submapFromCamera().inverse().times(from.submapFromCamera());
    Vector3 point = toFromFrom.apply(from.intrinsics().unproject(match.ax(), match.ay(), depth));
    if (!(point.z() > 0)) {
      return Double.POSITIVE_INFINITY;
    }
    return Math.hypot(
        to.intrinsics().fx() * point.x() / point.z() + to.intrinsics().cx() - match.bx(),
        to.intrinsics().fy() * point.y() / point.z() + to.intrinsics().cy() - match.by());
  }
}
