package io.lite3r.geometry;

/**
 * How similarities change when they are disturbed, as 7 x 7 matrices row by row over (rho, phi,
 * lambda), the order of {@link Sim3Tangent}.
 */
public final class Sim3Jacobians {
  private static final int N = Sim3Tangent.SIZE;
  private static final int TERMS = 14;
  private static final double SMALL = 0.5;

  private Sim3Jacobians() {}

  /**
   * Ad of {@code T = (s, R, t)}: {@code T exp(x) = exp(Ad x) T}. Rows: {@code s R, [t] R, -t} for
   * rho, {@code 0, R, 0} for phi, {@code 0, 0, 1} for lambda.
   */
  public static double[] adjoint(Sim3 similarity) {
    double[] r = similarity.rotation().matrix();
    double[] t = cross(similarity.translation());
    double[] ad = new double[N * N];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        ad[N * i + j] = similarity.scale() * r[3 * i + j];
        ad[N * (i + 3) + j + 3] = r[3 * i + j];
        for (int k = 0; k < 3; k++) {
          ad[N * i + j + 3] += t[3 * i + k] * r[3 * k + j];
        }
      }
    }
    ad[6] = -similarity.translation().x();
    ad[N + 6] = -similarity.translation().y();
    ad[2 * N + 6] = -similarity.translation().z();
    ad[N * N - 1] = 1;
    return ad;
  }

  /**
   * Derivative of {@code log(exp(d) exp(x))} by d at d = 0: the inverse of the left Jacobian, which
   * is the integral of {@code exp(u ad(x))} over u in 0..1.
   */
  public static double[] logOfLeftStep(Sim3Tangent x) {
    return MatrixN.inverse(integral(ad(x)), N);
  }

  /** Derivative of {@code log(exp(x) exp(d))} by d at d = 0: the same for -x. */
  public static double[] logOfRightStep(Sim3Tangent x) {
    return logOfLeftStep(x.times(-1));
  }

  /** The matrix of the bracket [x, .]. */
  private static double[] ad(Sim3Tangent x) {
    double[] phi = cross(x.phi());
    double[] rho = cross(x.rho());
    double[] ad = new double[N * N];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        ad[N * i + j] = phi[3 * i + j] + (i == j ? x.lambda() : 0);
        ad[N * i + j + 3] = rho[3 * i + j];
        ad[N * (i + 3) + j + 3] = phi[3 * i + j];
      }
    }
    ad[6] = -x.rho().x();
    ad[N + 6] = -x.rho().y();
    ad[2 * N + 6] = -x.rho().z();
    return ad;
  }

  /**
   * {@code f(M) = (e^M - 1) / M} by its series on a halved argument and {@code f(2 M) = f(M) (e^M +
   * 1) / 2}.
   */
  private static double[] integral(double[] matrix) {
    double size = 0;
    for (double value : matrix) {
      size = Math.max(size, Math.abs(value));
    }
    int halvings = Math.max(0, (int) Math.ceil(Math.log(size * N / SMALL) / Math.log(2)));
    double[] m = matrix.clone();
    for (int i = 0; i < m.length; i++) {
      m[i] = Math.scalb(m[i], -halvings);
    }
    double[] f = MatrixN.identity(N);
    double[] power = MatrixN.identity(N);
    double factor = 1;
    for (int n = 1; n < TERMS; n++) {
      power = MatrixN.times(power, m, N);
      factor /= n + 1;
      for (int i = 0; i < f.length; i++) {
        f[i] += factor * power[i];
      }
    }
    for (int h = 0; h < halvings; h++) {
      double[] sum = MatrixN.times(m, f, N); // e^M - 1
      for (int i = 0; i < N; i++) {
        sum[N * i + i] += 2;
      }
      f = MatrixN.times(f, sum, N);
      for (int i = 0; i < f.length; i++) {
        f[i] /= 2;
        m[i] *= 2;
      }
    }
    return f;
  }

  private static double[] cross(Vector3 v) {
    return new double[] {0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0};
  }
}
