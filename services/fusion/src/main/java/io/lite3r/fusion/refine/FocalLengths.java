package io.lite3r.fusion.refine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What becomes of a window's focal lengths while its bundle is adjusted round by round. Each is
 * tied to what was known before: loosely while corners determine it by themselves, tightly when
 * they do not, as on a straight way ahead, where the focal length, the depth and the length of the
 * way can be traded for each other.
 */
final class FocalLengths {
  /**
   * Standard deviation below which corners determine a focal length. What one camera says beyond
   * this is its errors: on stereo-street's straight way 6 to 20 %, and a third too short.
   */
  static final double SURE_OF_ONE = 0.02;

  /** The same of a rig whose baselines are known. */
  static final double SURE_OF_RIG = 0.2;

  /** What a focal length is tied by that corners do not determine. */
  private static final double HELD = 0.02;

  /**
   * What windows' words are good for at best, however many corners and windows there are: they have
   * the lens' distortion in common. Windows of one camera scatter by this much (rgbd-kitchen 0.03,
   * object-fox 0.017).
   */
  private static final double AT_BEST = 0.02;

  /** How much surer of itself a bundle is than it should be when it is at its best. */
  private static final double BOAST = 3;

  private final double[] known;
  private final double[] sigma;
  private final double[] moved;
  private final boolean[] held;
  private final double sure;

  /**
   * @param sure standard deviation below which what corners say counts
   */
  FocalLengths(List<Eye> eyes, double sure) {
    int lenses = 1 + eyes.stream().mapToInt(Eye::lens).max().orElse(-1);
    this.sure = sure;
    known = new double[lenses];
    eyes.forEach(eye -> known[eye.lens()] = eye.focalSigma());
    sigma = known.clone();
    moved = new double[lenses];
    held = new boolean[lenses];
  }

  List<FocalPrior> priors() {
    List<FocalPrior> priors = new ArrayList<>();
    for (int lens = 0; lens < known.length; lens++) {
      double boast = sure < SURE_OF_RIG ? BOAST : 1;
      double tie = held[lens] ? Math.min(HELD, known[lens]) : known[lens] / boast;
      priors.add(new FocalPrior(-moved[lens], tie));
    }
    return priors;
  }

  /**
   * A round is over.
   *
   * @param information of each focal length, by sights alone
   * @param finer how much more precise sights of the last round are than this one's
   */
  void found(BundleState state, double[] information, double finer) {
    for (int lens = 0; lens < known.length; lens++) {
      moved[lens] += state.logFocal()[lens];
      double own = 1 / (finer * Math.sqrt(Math.max(1e-12, information[lens])));
      held[lens] = own > sure;
      double counted = held[lens] ? 0 : 1 / (own * own + AT_BEST * AT_BEST);
      double both = 1 / Math.sqrt(1 / (known[lens] * known[lens]) + counted);
      sigma[lens] = Math.max(both, Math.min(known[lens], AT_BEST));
    }
  }

  List<Double> sigmas() {
    return Arrays.stream(sigma).boxed().toList();
  }
}
