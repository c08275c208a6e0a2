package io.lite3r.fusion.graph;

import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Sim3Jacobians;
import io.lite3r.geometry.Sim3Tangent;
import java.util.List;

/**
 * Two submaps seen to lie so to each other. With places {@code A} and {@code B} (scene from submap)
 * the residual is {@code log(A^-1 B Z^-1)} over its spread, {@code Z} being {@link #aFromB}.
 *
 * @param a index of the first node
 * @param b index of the second
 * @param aFromB as measured
 * @param spread how sure
 * @param loop found by recognition and perhaps false, as opposed to a link of consecutive windows
 * @param inScene whether the spread of translation is in scene units instead of those of the first
 *     submap. It is when positions decide on the scale: with a spread that grows with the scale, a
 *     scale that is far too large would explain any disagreement
 */
public record Tie(int a, int b, Sim3 aFromB, Spread spread, boolean loop, boolean inScene) {

  public Tie(int a, int b, Sim3 aFromB, Spread spread, boolean loop) {
    this(a, b, aFromB, spread, loop, false);
  }

  /** Residual of seven, each over its standard deviation. */
  double[] residual(List<Sim3> places) {
    double[] r = error(places).toArray();
    for (int i = 0; i < r.length; i++) {
      r[i] /= sigma(i, places);
    }
    return r;
  }

  private Sim3Tangent error(List<Sim3> places) {
    return Sim3Tangent.log(places.get(a).inverse().times(places.get(b)).times(aFromB.inverse()));
  }

  /**
   * Derivatives of the residual by steps on the right of A and of B, 7 x 7 each: {@code -Jl^-1(e)}
   * and {@code Jr^-1(e) Ad(Z)}.
   */
  double[][] jacobians(List<Sim3> places) {
    Sim3Tangent e = error(places);
    int n = Sim3Tangent.SIZE;
    double[] residual = residual(places);
    double[] byA = Sim3Jacobians.logOfLeftStep(e);
    double[] right = Sim3Jacobians.logOfRightStep(e);
    double[] adjoint = Sim3Jacobians.adjoint(aFromB);
    double[] byB = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        byA[n * i + j] /= -sigma(i, places);
        for (int k = 0; k < n; k++) {
          byB[n * i + j] += right[n * i + k] * adjoint[n * k + j] / sigma(i, places);
        }
      }
    }
    for (int i = 0; inScene && i < 3; i++) {
      byA[n * i + 6] += residual[i]; // the larger A, the longer the same way in the scene
    }
    return new double[][] {byA, byB};
  }

  private double sigma(int i, List<Sim3> places) {
    return i < 3
        ? inScene ? spread.translation() / places.get(a).scale() : spread.translation()
        : i < 6 ? spread.rotation() : spread.logScale();
  }
}
