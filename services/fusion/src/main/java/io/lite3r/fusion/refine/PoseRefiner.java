package io.lite3r.fusion.refine;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import java.util.Arrays;
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
    Round round = adjust(0, move);
    List<Rigid3> elsewhere =
        round == null ? null : Reconnection.poses(cameras.views(), round.agreeing(), matcher);
    if (round != null && elsewhere != null) {
      Cameras given = cameras;
      cameras = cameras.placed(elsewhere);
      Round other = adjust(0, move);
      if (other != null && other.sum() > MANY_MORE * round.sum()) {
        round = other;
      } else {
        cameras = given;
      }
    }
    for (int i = 0; round != null; i++) {
      Bundle bundle = round.bundle();
      BundleState state = round.state();
      double finer = PIXEL_SIGMA[i] / PIXEL_SIGMA[RADII.length - 1];
      focals.found(state, new BundleSystem(bundle, state).focalInformation(), finer);
      cameras = cameras.at(state);
      if (i == RADII.length - 1) {
        return new Refined(
            cameras.views().stream().map(RefinedView::found).toList(),
            focals.sigmas(),
            bundle.depthFields(state));
      }
      round = adjust(i + 1, move);
    }
    return null;
  }

  private record Round(Bundle bundle, BundleState state) {
    int[] agreeing() {
      return bundle.agreeing(state);
    }

    int sum() {
      return Arrays.stream(agreeing()).sum();
    }
  }

  /** Corners found from where cameras are, and where those put the cameras; null when too few. */
  private @Nullable Round adjust(int round, double move) {
    List<Track> tracks = matcher.tracks(cameras.views(), RADII[round] * width);
    int sights = tracks.stream().mapToInt(t -> t.sights().size()).sum();
    if (sights < FEWEST_SIGHTS * cameras.views().size()) {
      return null;
    }
    Bundle bundle =
        new Bundle(
            cameras,
            tracks,
            focals.priors(),
            new Bundle.Sigmas(PIXEL_SIGMA[round], TURN_SIGMA, move));
    return new Round(bundle, bundle.solve());
  }

  /** How deep the corners of one view lie by where the others see them, all poses given. */
  public static List<CornerDepth> depths(List<SubmapView> views, int of) {
    Cameras posed = Cameras.fixed(views);
    List<Track> tracks = Matcher.of(views).tracks(posed.views(), of, 0);
    Bundle bundle =
        new Bundle(
            posed,
            tracks,
            List.of(new FocalPrior(0, Eye.MEASURED)),
            new Bundle.Sigmas(PIXEL_SIGMA[RADII.length - 1], TURN_SIGMA, 1));
    return bundle.depths(bundle.solve());
  }
}
