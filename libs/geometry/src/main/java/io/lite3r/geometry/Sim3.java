package io.lite3r.geometry;

/**
 * Similarity from space b to space a: {@code xInA = scale * rotation * xInB + translation},
 * translation in units of a. Scale is units of a per unit of b.
 */
public record Sim3(double scale, Rotation rotation, Vector3 translation) {
  public static final Sim3 IDENTITY = new Sim3(1, Rotation.IDENTITY, Vector3.ZERO);

  public Sim3 {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException(
          "a similarity needs a finite positive scale, got " + scale);
    }
  }

  /** Composition: {@code aFromB.times(bFromC)} is {@code aFromC}. */
  public Sim3 times(Sim3 other) {
    return new Sim3(
        scale * other.scale,
        rotation.times(other.rotation),
        rotation.apply(other.translation).times(scale).plus(translation));
  }

  /** Takes {@code aFromB}, returns {@code bFromA}. */
  public Sim3 inverse() {
    Rotation back = rotation.inverse();
    return new Sim3(1 / scale, back, back.apply(translation).times(-1 / scale));
  }

  public Vector3 apply(Vector3 pointInB) {
    return rotation.apply(pointInB).times(scale).plus(translation);
  }

  /**
   * A camera pose carried over: the rotation stays a rotation, the centre is scaled, and depths of
   * that camera are to be multiplied by {@link #scale()}.
   */
  public Rigid3 carry(Rigid3 bFromCamera) {
    return new Rigid3(rotation.times(bFromCamera.rotation()), apply(bFromCamera.translation()));
  }
}
