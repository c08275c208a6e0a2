package io.lite3r.geometry;

/**
 * Affine map between two pixel grids: {@code x' = m00 x + m01 y + m02, y' = m10 x + m11 y + m12},
 * continuous coordinates with the origin at the top-left corner. Named target-from-source like
 * every transform: {@code originalFromView}.
 */
public record Affine2(double m00, double m01, double m02, double m10, double m11, double m12) {
  public static final Affine2 IDENTITY = new Affine2(1, 0, 0, 0, 1, 0);

  /** The map of a plain resize: with the origin at the corner there is no half-pixel term. */
  public static Affine2 resize(int fromWidth, int fromHeight, int toWidth, int toHeight) {
    return new Affine2((double) toWidth / fromWidth, 0, 0, 0, (double) toHeight / fromHeight, 0);
  }

  /** Composition: {@code aFromB.times(bFromC)} is {@code aFromC}. */
  public Affine2 times(Affine2 o) {
    return new Affine2(
        m00 * o.m00 + m01 * o.m10,
        m00 * o.m01 + m01 * o.m11,
        m00 * o.m02 + m01 * o.m12 + m02,
        m10 * o.m00 + m11 * o.m10,
        m10 * o.m01 + m11 * o.m11,
        m10 * o.m02 + m11 * o.m12 + m12);
  }

  /** Takes {@code aFromB}, returns {@code bFromA}; throws when the map has no inverse. */
  public Affine2 inverse() {
    double determinant = m00 * m11 - m01 * m10;
    if (!(Math.abs(determinant) > 1e-15)) {
      throw new ArithmeticException("affine map without inverse: " + this);
    }
    double i00 = m11 / determinant;
    double i01 = -m01 / determinant;
    double i10 = -m10 / determinant;
    double i11 = m00 / determinant;
    return new Affine2(i00, i01, -(i00 * m02 + i01 * m12), i10, i11, -(i10 * m02 + i11 * m12));
  }

  public double applyX(double x, double y) {
    return m00 * x + m01 * y + m02;
  }

  public double applyY(double x, double y) {
    return m10 * x + m11 * y + m12;
  }
}
