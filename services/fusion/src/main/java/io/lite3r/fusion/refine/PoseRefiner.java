package io.lite3r.fusion.refine;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /** By how many more sights that agree other poses have to convince. */
  private static final double MANY_MORE = 1.1;

  /** Fewer sights than this for each camera do not outweigh the model. */
  private static final int FEWEST_SIGHTS = 40;

  private final Matcher matcher;
  private final int width;
  private Cameras cameras;
  private final FocalLengths focals;

  private PoseRefiner(List<SubmapView> views, List<Eye> eyes, double sure) {
    cameras = Cameras.of(views, eyes);
    matcher = Matcher.of(views);
    width = views.getFirst().width();
    focals = new FocalLengths(eyes, sure);
  }

  /**
   * The window with better poses and focal lengths; null when too few corners are found again. The
   * first view keeps its pose, so that the submap keeps its axes; the unit stays the model's. A
   * focal length that the corners do not determine stays about what it was.
   *
   * @param eyes what is known of each view's camera
   */
  public static @Nullable Refined refine(List<SubmapView> views, List<Eye> eyes) {
    return new PoseRefiner(views, eyes, FocalLengths.SURE_OF_ONE).run();
  }

  /**
   * The same for views of a rig whose places on it are known, on a longer way than a window's. What
   * corners say of focal lengths counts even when it is little: known baselines leave errors less
   * room.
   */
  public static @Nullable Refined calibrate(List<SubmapView> views, List<Eye> eyes) {
    return new PoseRefiner(views, eyes, FocalLengths.SURE_OF_RIG).run();
  }

  private @Nullable Refined run() {
    double move = Math.max(1e-9, MOVE_SHARE * cameras.step());
    Findings found = first(move);
    for (int round = 0; found != null; round++) {
      double finer = PIXEL_SIGMA[round] / PIXEL_SIGMA[RADII.length - 1];
      focals.found(found.state(), found.system().focalInformation(), finer);
      cameras = cameras.at(found.state());
      if (round == RADII.length - 1) {
        return new Refined(
            cameras.views().stream().map(RefinedView::found).toList(),
            focals.sigmas(),
            found.depthFields());
      }
      found = adjust(round + 1, move);
    }
    return null;
  }

  /** From where the model has the cameras, or from where views are that it has lost. */
  private @Nullable Findings first(double move) {
    Findings found = adjust(0, move);
    List<Rigid3> elsewhere =
        found == null ? null : Reconnection.poses(cameras.views(), found.agreeing(), matcher);
    if (found == null || elsewhere == null) {
      return found;
    }
    Cameras given = cameras;
    cameras = cameras.placed(elsewhere);
    Findings other = adjust(0, move);
    if (other != null && other.allAgreeing() > MANY_MORE * found.allAgreeing()) {
      return other;
    }
    cameras = given;
    return found;
  }

  /** Corners found from where cameras are, and what they say; null when there are too few. */
  private @Nullable Findings adjust(int round, double move) {
    List<Track> tracks = matcher.tracks(cameras.views(), RADII[round] * width);
    int sights = tracks.stream().mapToInt(t -> t.sights().size()).sum();
    if (sights < FEWEST_SIGHTS * cameras.views().size()) {
      return null;
    }
    return Findings.of(
        new Bundle(
            cameras,
            tracks,
            focals.priors(),
            new Bundle.Sigmas(PIXEL_SIGMA[round], TURN_SIGMA, move)));
  }

  /** How deep the corners of one view lie by where the others see them, all poses given. */
  public static List<CornerDepth> depths(List<SubmapView> views, int of) {
    Cameras posed = Cameras.fixed(views);
    List<Track> tracks = Matcher.of(views).tracks(posed.views(), of, 0);
    return Findings.of(
            new Bundle(
                posed,
                tracks,
                List.of(new FocalPrior(0, Eye.MEASURED)),
                new Bundle.Sigmas(PIXEL_SIGMA[RADII.length - 1], TURN_SIGMA, 1)))
        .depths();
  }
}
