package io.lite3r.fusion.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Corners of one view found again in another by their looks alone: each the other's nearest, and
 * clearly nearer than the second (Lowe, 2004). Of these the largest set is kept that one shift,
 * turn and stretch of the image brings roughly together, as a place seen twice does unless most of
 * it is very near.
 */
final class CornerMatches {
  /** Squared distance of the nearest over that of the second. */
  private static final float CLEARLY = 0.7f;

  /** How roughly, share of the image's width. */
  private static final double ROUGHLY = 0.08;

  private static final double LARGEST_STRETCH = 2;
  private static final double LARGEST_TURN = Math.toRadians(35);

  /** Two corners nearer to each other than this share of the width say nothing of turns. */
  private static final double SHORTEST = 0.12;

  private CornerMatches() {}

  /** One corner in both views, pixels. */
  record Match(double ax, double ay, double bx, double by) {}

  static List<Match> of(CornerPatches a, CornerPatches b, int width) {
    return consistent(alike(a, b), width);
  }

  private static List<Match> alike(CornerPatches a, CornerPatches b) {
    int n = a.x().length;
    int m = b.x().length;
    int[] there = new int[n];
    int[] back = new int[m];
    float[] best = new float[n];
    float[] second = new float[n];
    float[] bestBack = new float[m];
    Arrays.fill(best, -2);
    Arrays.fill(second, -2);
    Arrays.fill(bestBack, -2);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < m; j++) {
        float alike = CornerPatches.dot(a.patches()[i], b.patches()[j]);
        if (alike > best[i]) {
          second[i] = best[i];
          best[i] = alike;
          there[i] = j;
        } else if (alike > second[i]) {
          second[i] = alike;
        }
        if (alike > bestBack[j]) {
          bestBack[j] = alike;
          back[j] = i;
        }
      }
    }
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i < n && m > 0; i++) {
      int j = there[i];
      if (back[j] == i && 1 - best[i] < CLEARLY * (1 - second[i])) {
        matches.add(new Match(a.x()[i], a.y()[i], b.x()[j], b.y()[j]));
      }
    }
    return matches;
  }

  /** The largest set that the similarity of two of its members explains. */
  private static List<Match> consistent(List<Match> all, int width) {
    double radius = ROUGHLY * width;
    double[] best = null;
    Match from = null;
    int most = 0;
    for (Match p : all) {
      for (Match q : all) {
        double[] map = similarity(p, q, SHORTEST * width);
        int explained = 0;
        for (int i = 0; i < all.size() && map != null; i++) {
          explained += gap(map, p, all.get(i)) < radius ? 1 : 0;
        }
        if (explained > most) {
          most = explained;
          best = map;
          from = p;
        }
      }
    }
    double[] map = best;
    Match origin = from;
    return map == null || origin == null
        ? List.of()
        : all.stream().filter(m -> gap(map, origin, m) < radius).toList();
  }

  /** Stretch and turn as a complex number; null when it is not one of the same place. */
  private static double @Nullable [] similarity(Match p, Match q, double shortest) {
    double ax = q.ax() - p.ax();
    double ay = q.ay() - p.ay();
    double bx = q.bx() - p.bx();
    double by = q.by() - p.by();
    double square = ax * ax + ay * ay;
    if (square < shortest * shortest) {
      return null;
    }
    double re = (ax * bx + ay * by) / square;
    double im = (ax * by - ay * bx) / square;
    double stretch = Math.hypot(re, im);
    return stretch > LARGEST_STRETCH
            || stretch < 1 / LARGEST_STRETCH
            || Math.abs(Math.atan2(im, re)) > LARGEST_TURN
        ? null
        : new double[] {re, im};
  }

  private static double gap(double[] map, Match origin, Match m) {
    double u = m.ax() - origin.ax();
    double v = m.ay() - origin.ay();
    return Math.hypot(
        origin.bx() + map[0] * u - map[1] * v - m.bx(),
        origin.by() + map[1] * u + map[0] * v - m.by());
  }
}
