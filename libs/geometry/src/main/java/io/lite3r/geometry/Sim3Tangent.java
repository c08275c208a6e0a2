package io.lite3r.geometry;

/**
 * A small similarity as a vector of seven: translation part {@code rho}, rotation part {@code phi}
 * (axis times angle, radians) and logarithm of scale {@code lambda}. {@link #exp} and {@link #log}
 * lead to the similarity and back.
 *
 * <p>{@code exp = (e^lambda, exp(phi), W rho)} with {@code W = A I + B [phi] + C [phi]^2}, which is
 * the integral of {@code exp(u (lambda I + [phi]))} over u in 0..1 (Strasdat, Local Accuracy and
 * Global Consistency for Efficient Visual SLAM, 2012, appendix A). With {@code z = lambda + i
 * |phi|} and {@code f(z) = (e^z - 1) / z}: {@code A = f(lambda)}, {@code B = Im f(z) / |phi|},
 * {@code C = (A - Re f(z)) / |phi|^2}.
 */
public record Sim3Tangent(Vector3 rho, Vector3 phi, double lambda) {
  public static final int SIZE = 7;
  public static final Sim3Tangent ZERO = new Sim3Tangent(Vector3.ZERO, Vector3.ZERO, 0);

  /** Below this |z| the power series is exact to the last digits and the quotients are not. */
  private static final double SERIES = 1;

  private static final int SERIES_TERMS = 22;

  /** From rho, phi, lambda in this order. */
  public static Sim3Tangent of(double[] seven) {
    return new Sim3Tangent(
        new Vector3(seven[0], seven[1], seven[2]),
        new Vector3(seven[3], seven[4], seven[5]),
        seven[6]);
  }

  /** rho, phi, lambda in this order. */
  public double[] toArray() {
    return new double[] {rho.x(), rho.y(), rho.z(), phi.x(), phi.y(), phi.z(), lambda};
  }

  public Sim3Tangent times(double factor) {
    return new Sim3Tangent(rho.times(factor), phi.times(factor), factor * lambda);
  }

  /** The similarity. */
  public Sim3 exp() {
    return new Sim3(Math.exp(lambda), Rotation.exp(phi), apply(w(phi, lambda), rho));
  }

  /** The tangent whose {@link #exp} is the given similarity, with |phi| at most pi. */
  public static Sim3Tangent log(Sim3 similarity) {
    Vector3 phi = similarity.rotation().log();
    double lambda = Math.log(similarity.scale());
    return new Sim3Tangent(
        apply(MatrixN.inverse(w(phi, lambda), 3), similarity.translation()), phi, lambda);
  }

  /** W, 3 x 3, row by row. */
  private static double[] w(Vector3 phi, double lambda) {
    double theta = phi.norm();
    double[] abc =
        Math.hypot(lambda, theta) < SERIES ? series(lambda, theta) : quotients(lambda, theta);
    double x = phi.x();
    double y = phi.y();
    double z = phi.z();
    double a = abc[0];
    double b = abc[1];
    double c = abc[2];
    return new double[] {
      a - c * (y * y + z * z),
      c * x * y - b * z,
      c * x * z + b * y,
      c * x * y + b * z,
      a - c * (x * x + z * z),
      c * y * z - b * x,
      c * x * z - b * y,
      c * y * z + b * x,
      a - c * (x * x + y * y)
    };
  }

  /**
   * A, B, C by the power series of f. The n-th powers of lambda and z are kept as {@code lambda^n},
   * {@code Re z^n}, {@code Im z^n / theta} and {@code (lambda^n - Re z^n) / theta^2}, each of which
   * follows from the ones before without a division, so that zero is no special case.
   */
  private static double[] series(double lambda, double theta) {
    double power = 1;
    double real = 1;
    double imaginary = 0;
    double gap = 0;
    double factor = 1;
    double[] abc = new double[3];
    for (int n = 0; n < SERIES_TERMS; n++) {
      factor /= n + 1;
      abc[0] += factor * power;
      abc[1] += factor * imaginary;
      abc[2] += factor * gap;
      gap = lambda * gap + imaginary;
      double next = lambda * real - theta * theta * imaginary;
      imaginary = real + lambda * imaginary;
      real = next;
      power *= lambda;
    }
    return abc;
  }

  private static double[] quotients(double lambda, double theta) {
    double l = lambda;
    double e = Math.exp(l);
    double a = Math.abs(l) < 1e-9 ? 1 + l / 2 : Math.expm1(l) / l;
    if (theta < 1e-9) {
      return new double[] {
        a, (e * (l - 1) + 1) / (l * l), (e * (l * l - 2 * l + 2) - 2) / (2 * l * l * l)
      };
    }
    double sine = Math.sin(theta);
    double cosine = Math.cos(theta);
    double square = l * l + theta * theta;
    return new double[] {
      a,
      (e * (l * sine - theta * cosine) + theta) / (theta * square),
      (a - (e * (l * cosine + theta * sine) - l) / square) / (theta * theta)
    };
  }

  private static Vector3 apply(double[] m, Vector3 v) {
    return new Vector3(
        m[0] * v.x() + m[1] * v.y() + m[2] * v.z(),
        m[3] * v.x() + m[4] * v.y() + m[5] * v.z(),
        m[6] * v.x() + m[7] * v.y() + m[8] * v.z());
  }
}
