package io.lite3r.fusion.refine;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The cameras of a window on their way to better places.
 *
 * @param views each as it is taken to be
 * @param mounts how each hangs together with others
 * @param bodies world from body
 * @param logUnit logarithm of the units of the world in a metre
 * @param fixed of each body, whether it stays
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
record Cameras(
    List<RefinedView> views,
    List<Mount> mounts,
    List<Rigid3> bodies,
    double logUnit,
    boolean[] fixed) {

  /** As the model has them; the first body stays, so that the submap keeps its axes. */
  static Cameras of(List<SubmapView> given, List<Eye> eyes) {
    List<RefinedView> views = given.stream().map(RefinedView::of).toList();
    List<Mount> mounts = mounts(eyes);
    List<Rigid3> bodies = new ArrayList<>();
    for (int v = 0; v < views.size(); v++) {
      if (mounts.get(v).body() == bodies.size()) {
        bodies.add(views.get(v).worldFromCamera());
      }
    }
    boolean[] fixed = new boolean[bodies.size()];
    fixed[0] = true;
    double logUnit = logUnit(views, mounts, bodies);
    Cameras cameras = new Cameras(views, mounts, bodies, logUnit, fixed);
    return cameras.at(
        BundleState.of(mounts, bodies, logUnit, new double[eyes.size()], new double[0]));
  }

  /** Cameras that stay where they are. */
  static Cameras fixed(List<SubmapView> given) {
    List<Mount> mounts = new ArrayList<>();
    for (int v = 0; v < given.size(); v++) {
      mounts.add(new Mount(0, v, Rigid3.IDENTITY));
    }
    boolean[] fixed = new boolean[given.size()];
    Arrays.fill(fixed, true);
    return new Cameras(
        given.stream().map(RefinedView::of).toList(),
        mounts,
        given.stream().map(SubmapView::submapFromCamera).toList(),
        0,
        fixed);
  }

  private static List<Mount> mounts(List<Eye> eyes) {
    Map<Integer, Integer> bodyOfInstant = new HashMap<>();
    Map<Integer, Rigid3> rigFromFirst = new HashMap<>();
    List<Mount> mounts = new ArrayList<>();
    int bodies = 0;
    for (Eye eye : eyes) {
      Rigid3 rigFromCamera = eye.rigFromCamera();
      Integer body = rigFromCamera == null ? null : bodyOfInstant.get(eye.instant());
      Rigid3 first = body == null ? null : rigFromFirst.get(body);
      if (body != null && first != null && rigFromCamera != null) {
        mounts.add(new Mount(eye.lens(), body, first.inverse().times(rigFromCamera)));
        continue;
      }
      if (rigFromCamera != null) {
        bodyOfInstant.put(eye.instant(), bodies);
        rigFromFirst.put(bodies, rigFromCamera);
      }
      mounts.add(new Mount(eye.lens(), bodies++, Rigid3.IDENTITY));
    }
    return mounts;
  }

  /** By the distances that the model sees between cameras of a body. */
  private static double logUnit(List<RefinedView> views, List<Mount> mounts, List<Rigid3> bodies) {
    List<Double> ratios = new ArrayList<>();
    for (int v = 0; v < views.size(); v++) {
      double metres = mounts.get(v).bodyFromCamera().translation().norm();
      Vector3 seen =
          views
              .get(v)
              .worldFromCamera()
              .translation()
              .minus(bodies.get(mounts.get(v).body()).translation());
      if (metres > 0 && seen.norm() > 0) {
        ratios.add(Math.log(seen.norm() / metres));
      }
    }
    double[] all = ratios.stream().mapToDouble(Double::doubleValue).toArray();
    return all.length == 0 ? 0 : Quantile.median(all, all.length);
  }

  /** As a bundle's state has them. */
  Cameras at(BundleState state) {
    List<RefinedView> found = new ArrayList<>();
    for (int v = 0; v < views.size(); v++) {
      found.add(views.get(v).at(state.poses().get(v), state.focal(mounts.get(v).lens())));
    }
    return new Cameras(found, mounts, state.bodies(), state.logUnit(), fixed);
  }

  /** The same cameras in other places, as far as bodies allow. */
  Cameras placed(List<Rigid3> worldFromCamera) {
    List<Rigid3> moved = new ArrayList<>(bodies);
    for (int v = views.size() - 1; v >= 0; v--) {
      Rigid3 onBody = BundleState.inUnits(mounts.get(v).bodyFromCamera(), logUnit);
      moved.set(mounts.get(v).body(), worldFromCamera.get(v).times(onBody.inverse()));
    }
    int lenses = 1 + mounts.stream().mapToInt(Mount::lens).max().orElse(-1);
    return at(BundleState.of(mounts, moved, logUnit, new double[lenses], new double[0]));
  }

  /** Usual way from one view to the next. */
  double step() {
    double sum = 0;
    for (int v = 1; v < views.size(); v++) {
      Vector3 before = views.get(v - 1).worldFromCamera().translation();
      sum += views.get(v).worldFromCamera().translation().minus(before).norm();
    }
    return sum / Math.max(1, views.size() - 1);
  }
}
