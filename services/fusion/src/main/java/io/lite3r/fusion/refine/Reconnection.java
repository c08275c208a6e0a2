package io.lite3r.fusion.refine;

import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Places views anew that a model has placed so far off that corners are not found where it expects
 * them, as after a sharp turn. Views that see enough of each other's corners hang together; between
 * such groups corners are matched by what they look like, wherever they are, and the pose that most
 * matches agree on ties the groups together.
 */
final class Reconnection {
  /** Sights between two views that hang together. */
  private static final int HOLD = 25;

  /** How much nearer a match must be than the next that looks like it. */
  private static final double RATIO = 0.9;

  private final List<RefinedView> views;
  private final Descriptors[] descriptors;

  private Reconnection(List<RefinedView> views) {
    this.views = views;
    descriptors = new Descriptors[views.size()];
  }

  /**
   * Poses of all views, world from camera; null when the views hang together or nothing ties them.
   *
   * @param agreeing sights of each pair of views that agree with where they are
   */
  static @Nullable List<Rigid3> poses(List<RefinedView> views, int[] agreeing, Matcher matcher) {
    int[] group = groups(views.size(), agreeing);
    return Arrays.stream(group).allMatch(g -> g == 0)
        ? null
        : new Reconnection(views).tie(group, matcher);
  }

  /** Of each view the lowest index among those it hangs together with. */
  private static int[] groups(int n, int[] sights) {
    int[] group = new int[n];
    Arrays.setAll(group, i -> i);
    for (int pair = 0; pair < sights.length; pair++) {
      if (sights[pair] >= HOLD) {
        join(group, group[Math.floorDiv(pair, n)], group[pair % n]);
      }
    }
    return group;
  }

  private static void join(int[] group, int a, int b) {
    for (int i = 0; i < group.length; i++) {
      group[i] = group[i] == a || group[i] == b ? Math.min(a, b) : group[i];
    }
  }

  private record Tie(int from, int to, PairPose pose) {}

  private @Nullable List<Rigid3> tie(int[] group, Matcher matcher) {
    List<Tie> ties = new ArrayList<>();
    boolean[] repeats = repeats(group, matcher);
    for (int from = 0; from < views.size(); from++) {
      for (int to = from + 1; to < views.size(); to++) {
        if (group[from] != group[to] && !repeats[from] && !repeats[to]) {
          PairPose pose = match(from, to, matcher);
          if (pose != null) {
            ties.add(new Tie(from, to, pose));
          }
        }
      }
    }
    // The best supported first; of equals the first found.
    ties.sort((a, b) -> Integer.compare(b.pose().agreeing(), a.pose().agreeing()));
    List<Rigid3> poses = new ArrayList<>(views.stream().map(RefinedView::worldFromCamera).toList());
    boolean any = false;
    for (Tie tie : ties) {
      int a = group[tie.from()];
      int b = group[tie.to()];
      if (a != b) {
        any = true;
        // The group of the lower index stays: it may be the one that holds the world's axes.
        Rigid3 toFromSource = tie.pose().toFromSource();
        int moving = Math.max(a, b);
        int view = a == moving ? tie.from() : tie.to();
        Rigid3 now =
            a == moving
                ? poses.get(tie.to()).times(toFromSource)
                : poses.get(tie.from()).times(toFromSource.inverse());
        Rigid3 step = now.times(poses.get(view).inverse());
        for (int i = 0; i < group.length; i++) {
          if (group[i] == moving) {
            poses.set(i, step.times(poses.get(i)));
          }
        }
        join(group, a, b);
      }
    }
    return any ? poses : null;
  }

  /**
   * Views that show once more what an earlier view of their group shows, as those of a rig that
   * stands do: what one of them does not find in another group, the other does not find either.
   */
  private static boolean[] repeats(int[] group, Matcher matcher) {
    boolean[] repeats = new boolean[group.length];
    for (int view = 0; view < group.length; view++) {
      for (int before = 0; before < view && !repeats[view]; before++) {
        repeats[view] =
            group[before] == group[view] && !repeats[before] && matcher.isSamePicture(before, view);
      }
    }
    return repeats;
  }

  private @Nullable PairPose match(int from, int to, Matcher matcher) {
    Descriptors here = descriptors(from, matcher);
    Descriptors there = descriptors(to, matcher);
    int[] found = here.matches(there, RATIO);
    List<PairPose.Match> matches = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      if (found[i] >= 0) {
        Vector3 source = point(views.get(from), here.x[i], here.y[i]);
        Vector3 target = point(views.get(to), there.x[found[i]], there.y[found[i]]);
        if (source.z() > 0 && target.z() > 0) {
          matches.add(new PairPose.Match(source, target));
        }
      }
    }
    return PairPose.of(views.get(from), views.get(to), matches);
  }

  private Descriptors descriptors(int view, Matcher matcher) {
    if (descriptors[view] == null) {
      descriptors[view] = matcher.descriptors(view);
    }
    return descriptors[view];
  }

  private static Vector3 point(RefinedView view, double x, double y) {
    return view.camera().unproject(x, y, view.depth(x, y));
  }
}
