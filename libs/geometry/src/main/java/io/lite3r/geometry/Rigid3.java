package io.lite3r.geometry;

/**
 * Rotation and translation: {@code xInA = rotation * xInB + translation}, translation in units of
 * a.
 */
public record Rigid3(Rotation rotation, Vector3 translation) {
  public static final Rigid3 IDENTITY = new Rigid3(Rotation.IDENTITY, Vector3.ZERO);

  /** Composition: {@code aFromB.times(bFromC)} is {@code aFromC}. */
  public Rigid3 times(Rigid3 other) {
    return new Rigid3(
        rotation.times(other.rotation), rotation.apply(other.translation).plus(translation));
  }

  /** Takes {@code aFromB}, returns {@code bFromA}. */
  public Rigid3 inverse() {
    Rotation back = rotation.inverse();
    return new Rigid3(back, back.apply(translation).times(-1));
  }

  public Vector3 apply(Vector3 pointInB) {
    return rotation.apply(pointInB).plus(translation);
  }

  /** The 4 x 4 matrix, row by row. */
  public double[] matrix() {
    double[] r = rotation.matrix();
    return new double[] {
      r[0],
      r[1],
      r[2],
      translation.x(),
      r[3],
      r[4],
      r[5],
      translation.y(),
      r[6],
      r[7],
      r[8],
      translation.z(),
      0,
      0,
      0,
      1
    };
  }

  /** From a 4 x 4 matrix, row by row, whose upper left part is a rotation. */
  public static Rigid3 ofMatrix(double[] m) {
    return new Rigid3(
        Rotation.ofMatrix(new double[] {m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]}),
        new Vector3(m[3], m[7], m[11]));
  }
}
