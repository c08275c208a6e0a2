package io.lite3r.fusion.edge;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Depth and colour for measuring where no capture is at hand: a camera turns once in a room of 6 x
 * 3 x 5 metres with balls in it, 50 views of 640 x 480.
 */
final class ComputedRoom {
  private static final int VIEWS = 50;
  private static final Intrinsics CAMERA = new Intrinsics(525, 525, 320, 240, 640, 480);
  private static final Vector3 HALF = new Vector3(3, 1.5, 2.5);

  private static final List<Vector3> BALLS =
      List.of(
          new Vector3(1.8, 1.0, 1.2),
          new Vector3(-2.0, 0.8, 1.0),
          new Vector3(-1.2, 1.1, -1.6),
          new Vector3(1.4, 0.2, -1.8));

  private static final double RADIUS = 0.5;

  private ComputedRoom() {}

  static List<SubmapView> views() {
    List<SubmapView> views = new ArrayList<>();
    for (int i = 0; i < VIEWS; i++) {
      double turn = 2 * Math.PI * i / VIEWS;
      views.add(
          view(
              new Rigid3(
                  Rotation.exp(new Vector3(0, turn, 0)),
                  new Vector3(0.8 * Math.sin(turn), 0.1 * Math.cos(3 * turn), 0.6))));
    }
    return views;
  }

  private static SubmapView view(Rigid3 pose) {
    float[] depth = new float[CAMERA.width() * CAMERA.height()];
    byte[] rgb = new byte[3 * depth.length];
    for (int i = 0; i < depth.length; i++) {
      Vector3 ray =
          CAMERA.unproject(i % CAMERA.width() + 0.5, Math.floorDiv(i, CAMERA.width()) + 0.5, 1);
      Vector3 along = pose.rotation().apply(ray);
      double z = wall(pose.translation(), along);
      for (Vector3 ball : BALLS) {
        z = Math.min(z, ball(pose.translation().minus(ball), along));
      }
      depth[i] = (float) z;
      Vector3 there = pose.translation().plus(along.times(z));
      rgb[3 * i] = shade(there.x());
      rgb[3 * i + 1] = shade(there.y());
      rgb[3 * i + 2] = shade(there.z());
    }
    float[] confidence = new float[depth.length];
    Arrays.fill(confidence, 1);
    return new SubmapView(depth, confidence, rgb, CAMERA, pose);
  }

  private static double wall(Vector3 from, Vector3 along) {
    double x = (Math.copySign(HALF.x(), along.x()) - from.x()) / along.x();
    double y = (Math.copySign(HALF.y(), along.y()) - from.y()) / along.y();
    double z = (Math.copySign(HALF.z(), along.z()) - from.z()) / along.z();
    return Math.min(x, Math.min(y, z));
  }

  /** Where the ray meets a ball about the origin first; infinite when it passes. */
  private static double ball(Vector3 from, Vector3 along) {
    double a = along.dot(along);
    double b = from.dot(along);
    double inside = b * b - a * (from.dot(from) - RADIUS * RADIUS);
    double z = (-b - Math.sqrt(inside)) / a;
    return inside > 0 && z > 0 ? z : Double.POSITIVE_INFINITY;
  }

  private static byte shade(double coordinate) {
    return (byte) (128 + 60 * Math.sin(9 * coordinate));
  }
}
