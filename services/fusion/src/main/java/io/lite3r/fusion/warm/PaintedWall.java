package io.lite3r.fusion.warm;

import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneManifest;
import java.util.ArrayList;
import java.util.List;

/**
 * A wall two units away, painted in random squares, and a camera that walks along it: the smallest
 * thing that has corners to find again, depth to fuse and a surface to extract. It is known
 * exactly, so every step succeeds.
 */
final class PaintedWall {
  static final int WIDTH = 128;
  static final int HEIGHT = 96;

  private static final double DISTANCE = 2;
  private static final double STEP = 0.04;
  private static final double SQUARE = 0.11;
  private static final Intrinsics CAMERA =
      new Intrinsics(110, 110, WIDTH / 2.0, HEIGHT / 2.0, WIDTH, HEIGHT);

  private PaintedWall() {}

  /**
   * A window of the walk, in the axes of its first camera.
   *
   * @param number of the window, from 0
   * @param views how many it has; its first is the last of the one before
   */
  static WindowOutcome window(int number, int views) {
    List<WindowOutcome.Source> sources = new ArrayList<>();
    List<WindowOutcome.View> seen = new ArrayList<>();
    for (int i = 0; i < views; i++) {
      int frame = number * (views - 1) + i;
      sources.add(new WindowOutcome.Source("camera", frame, frame, frame, "", WIDTH, HEIGHT, null));
      seen.add(new WindowOutcome.View(view(STEP * frame, pose(i)), Affine2.IDENTITY, 2));
    }
    return new WindowOutcome(
        number,
        number,
        "wall-" + number,
        "wall-" + number,
        "walk",
        new SceneManifest.Model("none", "0".repeat(64)),
        sources,
        new WindowOutcome.Geometry(seen, new ObjectRef("wall", 0, "0".repeat(64), "none")));
  }

  /** Where the camera stands in a window's submap when it takes that window's view {@code i}. */
  static Rigid3 pose(int i) {
    return new Rigid3(Rotation.IDENTITY, new Vector3(STEP * i, 0, 0));
  }

  private static SubmapView view(double x, Rigid3 submapFromCamera) {
    float[] depth = new float[WIDTH * HEIGHT];
    float[] confidence = new float[WIDTH * HEIGHT];
    byte[] rgb = new byte[3 * WIDTH * HEIGHT];
    for (int v = 0; v < HEIGHT; v++) {
      for (int u = 0; u < WIDTH; u++) {
        int i = v * WIDTH + u;
        Vector3 point = CAMERA.unproject(u + 0.5, v + 0.5, DISTANCE);
        depth[i] = (float) DISTANCE;
        confidence[i] = 2;
        byte grey =
            paint(
                (long) Math.floor((point.x() + x) / SQUARE), (long) Math.floor(point.y() / SQUARE));
        rgb[3 * i] = grey;
        rgb[3 * i + 1] = grey;
        rgb[3 * i + 2] = (byte) (grey + 20);
      }
    }
    return new SubmapView(depth, confidence, rgb, CAMERA, submapFromCamera);
  }

  /**
   * A grey level from 40 to 215 for each square, mixed as SplitMix64 does (Steele et al., 2014).
   */
  private static byte paint(long column, long row) {
    long z = (column * 0x9E3779B97F4A7C15L) ^ (row * 0xBF58476D1CE4E5B9L);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (byte) (40 + Long.remainderUnsigned(z ^ (z >>> 31), 176));
  }
}
