package io.lite3r.fusion.refine;

import io.lite3r.geometry.DepthField;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a bundle says in the state that it was adjusted to.
 *
 * @param bundle the bundle
 * @param state its best state
 * @param system its normal equations there
 */
record Findings(Bundle bundle, BundleState state, BundleSystem system) {

  /** Adjusts the bundle. */
  static Findings of(Bundle bundle) {
    BundleState state = bundle.solve();
    return new Findings(bundle, state, new BundleSystem(bundle, state));
  }

  /** Where the tracks lie, as far as sights say so. */
  List<CornerDepth> depths() {
    List<CornerDepth> depths = new ArrayList<>();
    for (int t = 0; t < bundle.tracks.size(); t++) {
      Track track = bundle.tracks.get(t);
      depths.add(
          new CornerDepth(
              track.x(), track.y(), Math.exp(state.logDepth()[t]), system.information(t)));
    }
    return depths;
  }

  /**
   * Of each view, how its depth differs from what the tracks say: at corners of its own and where
   * it sees those of others.
   */
  List<DepthField> depthFields() {
    List<DepthFit> fits = new ArrayList<>();
    for (RefinedView view : bundle.views) {
      fits.add(new DepthFit(view.planes().width(), view.planes().height()));
    }
    for (int t = 0; t < bundle.tracks.size(); t++) {
      Track track = bundle.tracks.get(t);
      double information = system.information(t);
      Vector3 point = bundle.point(t, state);
      fits.get(track.view()).add(track.x(), track.y(), track.depth(), point.z(), information);
      for (Sight sight : track.sights()) {
        double there = Bundle.carried(state.between(sight.view(), track.view()), point).z();
        double model = bundle.views.get(sight.view()).depth(sight.x(), sight.y());
        fits.get(sight.view()).add(sight.x(), sight.y(), model, there, information);
      }
    }
    return fits.stream().map(DepthFit::field).toList();
  }

  /**
   * How many sights agree to a standard deviation, for each pair of views: row by row, the lower
   * index of the pair says which row.
   */
  int[] agreeing() {
    int n = bundle.views.size();
    int[] agreeing = new int[n * n];
    double[] residual = new double[2];
    for (int t = 0; t < bundle.tracks.size(); t++) {
      Track track = bundle.tracks.get(t);
      Vector3 point = bundle.point(t, state);
      for (Sight sight : track.sights()) {
        if (bundle.residual(track, sight, point, state, residual)
            && Bundle.square(residual[0]) + Bundle.square(residual[1]) < 1) {
          int a = Math.min(track.view(), sight.view());
          agreeing[a * n + Math.max(track.view(), sight.view())]++;
        }
      }
    }
    return agreeing;
  }

  /** How many sights of all views agree to a standard deviation. */
  int allAgreeing() {
    return Arrays.stream(agreeing()).sum();
  }
}
