package io.lite3r.geometry;

/**
 * A rotation as a unit quaternion, scalar first. {@code q} and {@code -q} turn alike; the
 * constructor keeps the one with {@code w >= 0} and makes it unit length, so equal rotations that
 * were computed alike compare equal.
 */
public record Rotation(double w, double x, double y, double z) {
  public static final Rotation IDENTITY = new Rotation(1, 0, 0, 0);

  public Rotation {
    double norm = Math.sqrt(w * w + x * x + y * y + z * z);
    if (!(norm > 1e-12) || Double.isInfinite(norm)) {
      throw new IllegalArgumentException(
          "a rotation needs a finite quaternion that is not zero, got (%s, %s, %s, %s)"
              .formatted(w, x, y, z));
    }
    // A quaternion that is unit length already keeps every bit, so that a stored pose reads back as
    // it was.
    double factor = (w < 0 ? -1 : 1) / (Math.abs(norm - 1) < 1e-15 ? 1 : norm);
    w *= factor;
    x *= factor;
    y *= factor;
    z *= factor;
  }

  /**
   * The rotation whose 3 x 3 matrix, row by row, is nearest to the given one (Shepperd's method on
   * the largest pivot).
   */
  public static Rotation ofMatrix(double[] m) {
    double trace = m[0] + m[4] + m[8];
    if (trace > m[0] && trace > m[4] && trace > m[8]) {
      return new Rotation(1 + trace, m[7] - m[5], m[2] - m[6], m[3] - m[1]);
    } else if (m[0] >= m[4] && m[0] >= m[8]) {
      return new Rotation(m[7] - m[5], 1 + m[0] - m[4] - m[8], m[1] + m[3], m[2] + m[6]);
    } else if (m[4] >= m[8]) {
      return new Rotation(m[2] - m[6], m[1] + m[3], 1 - m[0] + m[4] - m[8], m[5] + m[7]);
    } else {
      return new Rotation(m[3] - m[1], m[2] + m[6], m[5] + m[7], 1 - m[0] - m[4] + m[8]);
    }
  }

  /** Exponential map: the turn by {@code |phi|} radians about {@code phi}. */
  public static Rotation exp(Vector3 phi) {
    double angle = phi.norm();
    double k = angle < 1e-8 ? 0.5 - angle * angle / 48 : Math.sin(angle / 2) / angle;
    return new Rotation(Math.cos(angle / 2), k * phi.x(), k * phi.y(), k * phi.z());
  }

  /** Logarithm: axis times angle in radians, angle in [0, pi]. */
  public Vector3 log() {
    double sine = Math.sqrt(x * x + y * y + z * z);
    double k = sine < 1e-8 ? 2 / w : 2 * Math.atan2(sine, w) / sine;
    return new Vector3(k * x, k * y, k * z);
  }

  /** Composition: {@code aFromB.times(bFromC)} is {@code aFromC}. */
  public Rotation times(Rotation o) {
    return new Rotation(
        w * o.w - x * o.x - y * o.y - z * o.z,
        w * o.x + x * o.w + y * o.z - z * o.y,
        w * o.y - x * o.z + y * o.w + z * o.x,
        w * o.z + x * o.y - y * o.x + z * o.w);
  }

  public Rotation inverse() {
    return new Rotation(w, -x, -y, -z);
  }

  public Vector3 apply(Vector3 v) {
    double[] m = matrix();
    return new Vector3(
        m[0] * v.x() + m[1] * v.y() + m[2] * v.z(),
        m[3] * v.x() + m[4] * v.y() + m[5] * v.z(),
        m[6] * v.x() + m[7] * v.y() + m[8] * v.z());
  }

  /** The turn in radians, in [0, pi]. */
  public double angle() {
    return 2 * Math.atan2(Math.sqrt(x * x + y * y + z * z), w);
  }

  /** The 3 x 3 matrix, row by row. */
  public double[] matrix() {
    return new double[] {
      1 - 2 * (y * y + z * z),
      2 * (x * y - w * z),
      2 * (x * z + w * y),
      2 * (x * y + w * z),
      1 - 2 * (x * x + z * z),
      2 * (y * z - w * x),
      2 * (x * z - w * y),
      2 * (y * z + w * x),
      1 - 2 * (x * x + y * y)
    };
  }
}
