package io.lite3r.fusion.refine;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves a window's cameras until the corners that several of them see meet. Corners are looked for
 * in a wide circle first, then, with better poses, in narrower ones. A function of the window
 * alone.
 */
public final class PoseRefiner {
  /**
   * How far from where depth and pose expect a corner it is looked for, share of the width; 0: it
   * is measured from there on.
   */
  private static final double[] RADII = {0.12, 0.04, 0};

  /** Standard deviation of a sight, pixels, round by round: wide while there are wrong ones. */
  private static final double[] PIXEL_SIGMA = {2, 0.7, 0.35};

  /** What a model's turns are good for at least, radians, and its ways, share of a step. */
  private static final double TURN_SIGMA = Math.toRadians(5);

  private static final double MOVE_SHARE = 0.5;

  /**
   * Standard deviation of the log of a model's focal length. Models err by more, but where the
   * corners say so they outvote this; where a camera moves straight ahead they say nothing, and a
   * weaker hold lets the focal length run away.
   */
  private static final double FOCAL_SIGMA = 0.02;

  /** A focal length that was measured. */
  private static final double KNOWN_FOCAL_SIGMA = 1e-6;

  /** Fewer sights than this for each camera do not outweigh the model. */
  private static final int FEWEST_SIGHTS = 40;

  private PoseRefiner() {}

  /**
   * The views with better poses and focal length; as they are when too few corners are found again.
   * The first view keeps its pose, so that the submap keeps its axes; the unit stays the model's.
   *
   * @param calibrated whether the cameras of the views are known rather than estimated
   */
  public static List<SubmapView> refine(List<SubmapView> views, boolean calibrated) {
    List<RefinedView> found = new ArrayList<>();
    for (SubmapView view : views) {
      found.add(new RefinedView(view, found.isEmpty()));
    }
    Matcher matcher = Matcher.of(views);
    double move = Math.max(1e-9, MOVE_SHARE * step(views));
    for (int round = 0; round < RADII.length; round++) {
      List<Track> tracks = matcher.tracks(found, RADII[round] * views.getFirst().width());
      int sights = tracks.stream().mapToInt(t -> t.sights().size()).sum();
      if (sights < FEWEST_SIGHTS * views.size()) {
        return views;
      }
      Bundle bundle =
          new Bundle(
              found,
              tracks,
              new Bundle.Sigmas(
                  PIXEL_SIGMA[round],
                  TURN_SIGMA,
                  move,
                  calibrated ? KNOWN_FOCAL_SIGMA : FOCAL_SIGMA));
      found = bundle.views(bundle.solve());
    }
    return found.stream().map(RefinedView::found).toList();
  }

  /** How deep the corners of one view lie by where the others see them, all poses given. */
  public static List<CornerDepth> depths(List<SubmapView> views, int of) {
    List<RefinedView> posed = views.stream().map(v -> new RefinedView(v, true)).toList();
    List<Track> tracks = Matcher.of(views).tracks(posed, of, 0);
    Bundle bundle =
        new Bundle(
            posed,
            tracks,
            new Bundle.Sigmas(PIXEL_SIGMA[RADII.length - 1], TURN_SIGMA, 1, KNOWN_FOCAL_SIGMA));
    return bundle.depths(bundle.solve());
  }

  /** Usual way from one view to the next. */
  private static double step(List<SubmapView> views) {
    double sum = 0;
    for (int v = 1; v < views.size(); v++) {
      Vector3 before = views.get(v - 1).submapFromCamera().translation();
      sum += views.get(v).submapFromCamera().translation().minus(before).norm();
    }
    return sum / Math.max(1, views.size() - 1);
  }
}
