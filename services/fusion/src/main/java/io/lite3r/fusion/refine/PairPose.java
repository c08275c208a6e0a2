package io.lite3r.fusion.refine;

import io.lite3r.fusion.align.SimilarityFit;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * How two cameras stand to each other by matches that nobody has guided, and depth on both sides:
 * the similarity of three of them that most others agree with (random sample consensus, Fischler
 * and Bolles, 1981, with a fixed seed), then of all that agree. Depth makes it work for planes,
 * too.
 *
 * @param toFromSource the second camera from the first
 * @param agreeing matches that say so
 */
record PairPose(Rigid3 toFromSource, int agreeing) {
  private static final int TRIALS = 400;

  /** How far a point may be seen from its match, share of the width. */
  private static final double NEAR = 0.03;

  /** Fewer agree by chance, and so does a smaller share. */
  private static final int FEWEST = 12;

  private static final double LEAST_SHARE = 0.25;

  /** Depth of one window has one unit: a pair whose units differ by more is false. */
  private static final double LARGEST_SCALE = 1.5;

  private static final int REFITS = 4;

  /**
   * One match.
   *
   * @param source the point in the axes of the first camera
   * @param to the same in the axes of the second
   */
  record Match(Vector3 source, Vector3 to) {}

  /** Null when the matches do not agree on anything. */
  static @Nullable PairPose of(RefinedView source, RefinedView to, List<Match> matches) {
    int n = matches.size();
    if (n < FEWEST) {
      return null;
    }
    Random random = new Random(n);
    List<Match> best = List.of();
    for (int trial = 0; trial < TRIALS; trial++) {
      int a = random.nextInt(n);
      int b = random.nextInt(n);
      int c = random.nextInt(n);
      if (a == b || b == c || a == c) {
        continue;
      }
      Sim3 fit = fit(List.of(matches.get(a), matches.get(b), matches.get(c)));
      if (fit != null) {
        List<Match> agreeing = agreeing(fit, source, to, matches);
        best = agreeing.size() > best.size() ? agreeing : best;
      }
    }
    Sim3 fit = null;
    for (int i = 0; i < REFITS && best.size() >= FEWEST; i++) {
      fit = fit(best);
      best = fit == null ? List.of() : agreeing(fit, source, to, matches);
    }
    return fit == null || best.size() < Math.max(FEWEST, LEAST_SHARE * n)
        ? null
        : new PairPose(new Rigid3(fit.rotation(), fit.translation()), best.size());
  }

  private static @Nullable Sim3 fit(List<Match> matches) {
    double[] from = new double[3 * matches.size()];
    double[] to = new double[3 * matches.size()];
    double[] weight = new double[matches.size()];
    for (int i = 0; i < weight.length; i++) {
      put(from, i, matches.get(i).source());
      put(to, i, matches.get(i).to());
      weight[i] = 1;
    }
    try {
      SimilarityFit fit = SimilarityFit.of(from, to, weight, weight.length);
      double scale = fit.targetFromSource().scale();
      boolean likely = scale < LARGEST_SCALE && scale > 1 / LARGEST_SCALE;
      return likely && fit.flatness() > 1e-3 ? fit.targetFromSource() : null;
    } catch (ArithmeticException e) {
      return null; // three times the same place
    }
  }

  private static void put(double[] flat, int i, Vector3 p) {
    flat[3 * i] = p.x();
    flat[3 * i + 1] = p.y();
    flat[3 * i + 2] = p.z();
  }

  private static List<Match> agreeing(
      Sim3 toFromSource, RefinedView source, RefinedView to, List<Match> matches) {
    Sim3 back = toFromSource.inverse();
    List<Match> agreeing = new ArrayList<>();
    for (Match match : matches) {
      if (near(toFromSource.apply(match.source()), match.to(), to)
          && near(back.apply(match.to()), match.source(), source)) {
        agreeing.add(match);
      }
    }
    return agreeing;
  }

  private static boolean near(Vector3 seen, Vector3 found, RefinedView in) {
    if (!(seen.z() > 0)) {
      return false;
    }
    double dx = in.camera().fx() * (seen.x() / seen.z() - found.x() / found.z());
    double dy = in.camera().fy() * (seen.y() / seen.z() - found.y() / found.z());
    double limit = NEAR * in.planes().width();
    return dx * dx + dy * dy < limit * limit;
  }
}
