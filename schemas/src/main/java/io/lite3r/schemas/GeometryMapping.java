package io.lite3r.schemas;

import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;

/**
 * Geometry between records and code, both ways. {@code fromRecord} refuses what no camera and no
 * pose can be with the geometry's own {@link IllegalArgumentException}; the caller treats such a
 * record as bad.
 */
public final class GeometryMapping {
  private GeometryMapping() {}

  public static io.lite3r.schemas.v1.Intrinsics toRecord(Intrinsics k) {
    return io.lite3r.schemas.v1.Intrinsics.newBuilder()
        .setFx(k.fx())
        .setFy(k.fy())
        .setCx(k.cx())
        .setCy(k.cy())
        .setWidth(k.width())
        .setHeight(k.height())
        .addAllDistortion(k.distortion())
        .build();
  }

  public static Intrinsics fromRecord(io.lite3r.schemas.v1.Intrinsics k) {
    return new Intrinsics(
        k.getFx(),
        k.getFy(),
        k.getCx(),
        k.getCy(),
        k.getWidth(),
        k.getHeight(),
        k.getDistortionList());
  }

  public static io.lite3r.schemas.v1.Affine2 toRecord(Affine2 a) {
    return io.lite3r.schemas.v1.Affine2.newBuilder()
        .setM00(a.m00())
        .setM01(a.m01())
        .setM02(a.m02())
        .setM10(a.m10())
        .setM11(a.m11())
        .setM12(a.m12())
        .build();
  }

  public static Affine2 fromRecord(io.lite3r.schemas.v1.Affine2 a) {
    return new Affine2(a.getM00(), a.getM01(), a.getM02(), a.getM10(), a.getM11(), a.getM12());
  }

  public static io.lite3r.schemas.v1.Rigid3 toRecord(Rigid3 pose) {
    Rotation q = pose.rotation();
    Vector3 t = pose.translation();
    return io.lite3r.schemas.v1.Rigid3.newBuilder()
        .setQw(q.w())
        .setQx(q.x())
        .setQy(q.y())
        .setQz(q.z())
        .setTx(t.x())
        .setTy(t.y())
        .setTz(t.z())
        .build();
  }

  public static Rigid3 fromRecord(io.lite3r.schemas.v1.Rigid3 pose) {
    return new Rigid3(
        new Rotation(pose.getQw(), pose.getQx(), pose.getQy(), pose.getQz()),
        new Vector3(pose.getTx(), pose.getTy(), pose.getTz()));
  }
}
