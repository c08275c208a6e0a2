package io.lite3r.fusion.graph;

import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether loops can be true, before any is believed. Going around a cycle of ties must lead back to
 * where one started, up to what the ties' spreads add up to on the way. Each loop closes a cycle
 * with the chain; two loops close one with the pieces of chain between their ends, which are often
 * short and then say much (pairwise consistency, Mangelson et al. 2018). Of the loops that may be
 * true by themselves the largest set that agrees pair by pair is kept, found greedily and in fixed
 * order.
 *
 * <p>Errors of consecutive links have a random part, which grows with the root of their number, and
 * a common one (a scale that drifts one way), which grows with the number itself; both are allowed
 * for.
 */
final class LoopConsistency {
  private static final double SIGMAS = 3.5;

  private final List<Sim3> chain = new ArrayList<>();
  private final int[] part;
  private final double[] travelled;
  private final Spread[] sum;

  /**
   * @param places where each node is thought to lie: only the unit of a chain's first counts
   * @param links ties of consecutive windows, each of a node to an earlier one
   */
  LoopConsistency(List<Sim3> places, List<Tie> links) {
    int nodes = places.size();
    part = new int[nodes];
    travelled = new double[nodes];
    sum = new Spread[nodes];
    @Nullable Tie[] towards = new Tie[nodes];
    for (Tie link : links) {
      int later = Math.max(link.a(), link.b());
      if (towards[later] == null) {
        towards[later] = link;
      }
    }
    for (int i = 0; i < nodes; i++) {
      Tie link = towards[i];
      if (link == null) {
        part[i] = i;
        chain.add(new Sim3(places.get(i).scale(), Rotation.IDENTITY, Vector3.ZERO));
        sum[i] = new Spread(1e-300, 1e-300, 1e-300);
        continue;
      }
      int before = Math.min(link.a(), link.b());
      Sim3 step = link.b() == i ? link.aFromB() : link.aFromB().inverse();
      Sim3 at = chain.get(before);
      chain.add(at.times(step));
      part[i] = part[before];
      // Lengths in scene units.
      travelled[i] = travelled[before] + at.scale() * step.translation().norm();
      Spread s = link.spread();
      sum[i] =
          new Spread(
              sum[before].translation() + inScene(link),
              sum[before].rotation() + s.rotation(),
              sum[before].logScale() + s.logScale());
    }
  }

  /** Spread of the tie's translation, scene units. */
  private double inScene(Tie tie) {
    return (tie.inScene() ? 1 : chain.get(tie.a()).scale()) * tie.spread().translation();
  }

  /** For each loop whether it is kept. */
  boolean[] check(List<Tie> loops) {
    List<Integer> possible = new ArrayList<>();
    for (int i = 0; i < loops.size(); i++) {
      if (agreesWithChain(loops.get(i))) {
        possible.add(i);
      }
    }
    BitSet[] agreeing = agreeing(loops, possible);
    int best = -1;
    BitSet kept = new BitSet();
    for (int seed : possible) {
      BitSet clique = new BitSet();
      clique.set(seed);
      // Those that agree with all that are in it.
      BitSet open = (BitSet) agreeing[seed].clone();
      for (int other = open.nextSetBit(0); other >= 0; other = open.nextSetBit(other + 1)) {
        clique.set(other);
        open.and(agreeing[other]);
      }
      if (clique.cardinality() > best) {
        best = clique.cardinality();
        kept = clique;
      }
    }
    boolean[] consistent = new boolean[loops.size()];
    kept.stream().forEach(i -> consistent[i] = true);
    return consistent;
  }

  /** For each loop the others that it agrees with: each two are compared once. */
  private BitSet[] agreeing(List<Tie> loops, List<Integer> possible) {
    BitSet[] agreeing = new BitSet[loops.size()];
    Arrays.setAll(agreeing, i -> new BitSet(loops.size()));
    for (int one : possible) {
      for (int other : possible) {
        if (one < other && agree(loops.get(one), loops.get(other))) {
          agreeing[one].set(other);
          agreeing[other].set(one);
        }
      }
    }
    return agreeing;
  }

  private boolean agreesWithChain(Tie loop) {
    if (part[loop.a()] != part[loop.b()]) {
      return true; // the first to tie two chains: nothing to compare with
    }
    Sim3 around = between(loop.b(), loop.a()).times(loop.aFromB());
    return closes(around, allowance(loop.a(), loop.b(), loop.b()), loop.b(), List.of(loop));
  }

  private boolean agree(Tie one, Tie other) {
    if (part[one.a()] != part[other.a()] || part[one.b()] != part[other.b()]) {
      return true;
    }
    // a1 <- b1 <- b2 <- a2 <- a1
    Sim3 around =
        one.aFromB()
            .times(between(one.b(), other.b()))
            .times(other.aFromB().inverse())
            .times(between(other.a(), one.a()));
    double[] allowed = allowance(one.b(), other.b(), one.a());
    double[] back = allowance(other.a(), one.a(), one.a());
    for (int i = 0; i < allowed.length; i++) {
      allowed[i] += back[i];
    }
    return closes(around, allowed, one.a(), List.of(one, other));
  }

  private Sim3 between(int a, int b) {
    return chain.get(a).inverse().times(chain.get(b));
  }

  /**
   * Translation, rotation, log scale and way between two nodes of a chain, lengths in the unit of
   * the node {@code unit}.
   */
  private double[] allowance(int a, int b, int unit) {
    double length = 1 / chain.get(unit).scale();
    int early = Math.min(a, b);
    int late = Math.max(a, b);
    int links = Math.max(1, late - early);
    // Random and common part, as if both were as large as the spread says.
    double share = (1 + 1 / Math.sqrt(links)) / 2;
    return new double[] {
      length * share * (sum[late].translation() - sum[early].translation()),
      SIGMAS * (sum[late].rotation() - sum[early].rotation()) / Math.sqrt(links),
      share * SIGMAS * (sum[late].logScale() - sum[early].logScale()),
      length * (travelled[late] - travelled[early])
    };
  }

  private boolean closes(Sim3 around, double[] allowed, int unit, List<Tie> loops) {
    double turn = allowed[1];
    double scale = allowed[2];
    double shift = allowed[0];
    for (Tie loop : loops) {
      turn += SIGMAS * loop.spread().rotation();
      scale += SIGMAS * loop.spread().logScale();
      shift += SIGMAS * inScene(loop) / chain.get(unit).scale();
    }
    scale = Math.min(50, scale);
    // First order: a turn or stretch anywhere on the way moves its end by at most that of the way.
    double lever = Math.min(Math.PI, turn) + Math.expm1(scale);
    return around.rotation().angle() <= turn
        && Math.abs(Math.log(around.scale())) <= scale
        && around.translation().norm() <= Math.exp(scale) * (shift + allowed[3] * lever);
  }
}
