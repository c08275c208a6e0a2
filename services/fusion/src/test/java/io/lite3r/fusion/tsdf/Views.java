package io.lite3r.fusion.tsdf;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Depth views with exact geometry, for tests. */
public final class Views {
  public static final Intrinsics CAMERA = new Intrinsics(100, 100, 64, 48, 128, 96);

  private Views() {}

  /**
   * A camera looking along z at the wall {@code z = distance} of the scene, from the given pose.
   */
  public static ObservedView wall(Rigid3 sceneFromCamera, double distance, int weight) {
    long[] pixels = new long[CAMERA.width() * CAMERA.height()];
    for (int y = 0; y < CAMERA.height(); y++) {
      for (int x = 0; x < CAMERA.width(); x++) {
        Vector3 ray = sceneFromCamera.rotation().apply(CAMERA.unproject(x + 0.5, y + 0.5, 1));
        int i = y * CAMERA.width() + x;
        pixels[i] =
            ObservedView.pixel(
                (float) ((distance - sceneFromCamera.translation().z()) / ray.z()),
                weight << 24 | 200 << 16 | 100 << 8 | 50);
      }
    }
    return new ObservedView(pixels, CAMERA, sceneFromCamera);
  }

  /** A sphere of the given radius around the origin, seen from {@code count} places around it. */
  public static List<ObservedView> sphere(double radius, double distance, int count) {
    List<ObservedView> views = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      Rotation turn = Rotation.exp(new Vector3(0, 2 * Math.PI * n / count, 0));
      Rigid3 pose = new Rigid3(turn, turn.apply(new Vector3(0, 0, -distance)));
      long[] pixels = new long[CAMERA.width() * CAMERA.height()];
      for (int y = 0; y < CAMERA.height(); y++) {
        for (int x = 0; x < CAMERA.width(); x++) {
          Vector3 ray = CAMERA.unproject(x + 0.5, y + 0.5, 1);
          // |ray t - (0, 0, distance)| = radius
          double a = ray.dot(ray);
          double b = ray.z() * distance;
          double discriminant = b * b - a * (distance * distance - radius * radius);
          if (discriminant > 0) {
            int i = y * CAMERA.width() + x;
            pixels[i] =
                ObservedView.pixel(
                    (float) ((b - Math.sqrt(discriminant)) / a),
                    64 << 24 | (40 * n & 255) << 16 | 90 << 8 | 30);
          }
        }
      }
      views.add(new ObservedView(pixels, CAMERA, pose));
    }
    return views;
  }

  /** Views of a wavy wall with noise, from places nearby. */
  public static List<ObservedView> noisy(int count, long seed) {
    Random random = new Random(seed);
    List<ObservedView> views = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      Rigid3 pose =
          new Rigid3(
              Rotation.exp(
                  new Vector3(
                      0.1 * random.nextGaussian(),
                      0.1 * random.nextGaussian(),
                      0.1 * random.nextGaussian())),
              new Vector3(
                  0.2 * random.nextGaussian(),
                  0.2 * random.nextGaussian(),
                  0.2 * random.nextGaussian()));
      long[] pixels = new long[CAMERA.width() * CAMERA.height()];
      for (int i = 0; i < pixels.length; i++) {
        float depth = (float) (2 + 0.2 * Math.sin(i * 0.001) + 0.01 * random.nextGaussian());
        pixels[i] = ObservedView.pixel(depth, random.nextInt(256) << 24 | random.nextInt(1 << 24));
      }
      views.add(new ObservedView(pixels, CAMERA, pose));
    }
    return views;
  }
}
