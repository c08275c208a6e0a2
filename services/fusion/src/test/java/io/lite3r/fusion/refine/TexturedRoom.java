package io.lite3r.fusion.refine;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A box six by three by eight with plastered walls: no two places of a wall look alike. */
public final class TexturedRoom {
  public static final Intrinsics CAMERA = new Intrinsics(120, 120, 80, 60, 160, 120);
  private static final double[] HALF = {3, 1.5, 4};
  private static final double GRAIN = 0.12;

  private TexturedRoom() {}

  /** Cameras that walk sideways and turn a little, from the left to the right. */
  static List<Rigid3> walk(int views) {
    List<Rigid3> poses = new ArrayList<>();
    for (int i = 0; i < views; i++) {
      Rigid3 pose =
          new Rigid3(
              Rotation.exp(new Vector3(0.02 * i, -0.06 * i, 0.015 * i)),
              new Vector3(0.25 * i - 0.6, 0.05 * i, 0.08 * i - 1.5));
      poses.add(pose);
    }
    return poses;
  }

  /** What a perfect model would say. */
  public static List<SubmapView> seen(List<Rigid3> poses) {
    Rigid3 firstFromRoom = poses.getFirst().inverse();
    return poses.stream().map(p -> seen(p, firstFromRoom.times(p))).toList();
  }

  private static SubmapView seen(Rigid3 roomFromCamera, Rigid3 submapFromCamera) {
    int width = CAMERA.width();
    float[] depth = new float[width * CAMERA.height()];
    float[] confidence = new float[depth.length];
    Arrays.fill(confidence, 2);
    byte[] rgb = new byte[3 * depth.length];
    for (int i = 0; i < depth.length; i++) {
      Vector3 ray = CAMERA.unproject(i % width + 0.5, Math.floorDiv(i, width) + 0.5, 1);
      Vector3 along = roomFromCamera.rotation().apply(ray);
      double z = hit(roomFromCamera.translation(), along);
      depth[i] = (float) z;
      byte grey = (byte) plaster(roomFromCamera.apply(ray.times(z)));
      rgb[3 * i] = grey;
      rgb[3 * i + 1] = grey;
      rgb[3 * i + 2] = grey;
    }
    return new SubmapView(depth, confidence, rgb, CAMERA, submapFromCamera);
  }

  private static double hit(Vector3 from, Vector3 along) {
    double[] o = {from.x(), from.y(), from.z()};
    double[] d = {along.x(), along.y(), along.z()};
    double nearest = Double.POSITIVE_INFINITY;
    for (int k = 0; k < 3; k++) {
      if (d[k] != 0) {
        nearest = Math.min(nearest, (Math.copySign(HALF[k], d[k]) - o[k]) / d[k]);
      }
    }
    return nearest;
  }

  /** Brightness between values at the corners of small cubes. */
  private static int plaster(Vector3 p) {
    double x = p.x() / GRAIN + 1000;
    double y = p.y() / GRAIN + 1000;
    double z = p.z() / GRAIN + 1000;
    int i = (int) x;
    int j = (int) y;
    int k = (int) z;
    double sum = 0;
    for (int c = 0; c < 8; c++) {
      int a = c & 1;
      int b = c >> 1 & 1;
      int e = c >> 2;
      double weight =
          (a == 0 ? 1 - (x - i) : x - i)
              * (b == 0 ? 1 - (y - j) : y - j)
              * (e == 0 ? 1 - (z - k) : z - k);
      sum += weight * grain(i + a, j + b, k + e);
    }
    return (int) Math.round(sum);
  }

  private static int grain(int i, int j, int k) {
    long h = 0x9E3779B97F4A7C15L * (i * 73_856_093L ^ j * 19_349_663L ^ k * 83_492_791L);
    return 40 + (int) ((h >>> 40) % 176);
  }

  /** As a model says it: poses, focal length and depth wrong. */
  static List<SubmapView> poor(List<SubmapView> views, Random random) {
    List<SubmapView> poor = new ArrayList<>();
    for (SubmapView view : views) {
      float[] depth = view.depth().clone();
      for (int i = 0; i < depth.length; i++) {
        double bend = 1 + 0.1 * (i % view.width() - 80.0) / 160;
        depth[i] *= (float) (bend * (1 + 0.03 * random.nextGaussian()));
      }
      Intrinsics k = view.intrinsics();
      Rigid3 pose = view.submapFromCamera();
      poor.add(
          new SubmapView(
              depth,
              view.confidence(),
              view.rgb(),
              new Intrinsics(1.08 * k.fx(), 1.08 * k.fy(), k.cx(), k.cy(), k.width(), k.height()),
              poor.isEmpty()
                  ? pose
                  : pose.times(
                      new Rigid3(
                          Rotation.exp(gauss(random).times(0.02)), gauss(random).times(0.03)))));
    }
    return poor;
  }

  static Vector3 gauss(Random random) {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
  }
}
