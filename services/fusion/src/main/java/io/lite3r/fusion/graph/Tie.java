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
 */
public record Tie(int a, int b, Sim3 aFromB, Spread spread, boolean loop) {

  /** Residual of seven, each over its standard deviation. */
  double[] residual(List<Sim3> places) {
    double[] r = error(places).toArray();
    for (int i = 0; i < r.length; i++) {
      r[i] /= sigma(i);
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
    double[] byA = Sim3Jacobians.logOfLeftStep(e);
    double[] right = Sim3Jacobians.logOfRightStep(e);
    double[] adjoint = Sim3Jacobians.adjoint(aFromB);
    double[] byB = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        byA[n * i + j] /= -sigma(i);
        for (int k = 0; k < n; k++) {
          byB[n * i + j] += right[n * i + k] * adjoint[n * k + j] / sigma(i);
        }
      }
    }
    return new double[][] {byA, byB};
  }

  private double sigma(int i) {
    return i < 3 ? spread.translation() : i < 6 ? spread.rotation() : spread.logScale();
  }
}
