package io.lite3r.standalone.export;

import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.SubmapObject;
import io.lite3r.standalone.export.PublishedScene.BestFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * COLMAP's text model: {@code cameras.txt} (pinhole cameras of the original images), {@code
 * images.txt} (camera from world, quaternion scalar first), {@code points3D.txt}. COLMAP counts
 * pixels from the corner, as everything here does.
 *
 * <p>The points are a sample of the surface. A point is observed by an image when it projects into
 * it and the image's own depth there is that of the point; the observation is where it projects to,
 * so its error is zero by making and stated as that. Points of fewer than two images are left out.
 */
final class ColmapExport {
  private static final int MOST_POINTS = 20_000;

  /** Share of the depth by which a frame's depth may differ from the surface's. */
  private static final double SAME_DEPTH = 0.05;

  private static final String MODEL = "%d PINHOLE %d %d %.9g %.9g %.9g %.9g%n";

  private final PublishedScene scene;
  private final List<BestFrame> frames;
  private final List<Point> points;
  private final List<StringBuilder> observations = new ArrayList<>();
  private final int[] observed;

  /** A point, and the images that observe it with the number that it has there. */
  private record Point(Vector3 inWorld, int[] colour, StringBuilder track, int[] images) {}

  private ColmapExport(PublishedScene scene, List<BestFrame> frames, Mesh surface) {
    this.scene = scene;
    this.frames = frames;
    this.observed = new int[frames.size()];
    this.points = sample(surface);
  }

  /**
   * @param surface in the space that exports speak in
   */
  static void write(Path folder, PublishedScene scene, List<BestFrame> frames, Mesh surface)
      throws IOException {
    Path colmap = Files.createDirectories(folder.resolve("colmap"));
    ColmapExport export = new ColmapExport(scene, frames, surface);
    export.observe();
    Map<Intrinsics, Integer> cameras = new LinkedHashMap<>();
    Files.writeString(colmap.resolve("images.txt"), export.images(cameras));
    Files.writeString(colmap.resolve("cameras.txt"), cameras(cameras));
    Files.writeString(colmap.resolve("points3D.txt"), export.points3d());
  }

  private static List<Point> sample(Mesh surface) {
    int every = Math.ceilDiv(Math.max(1, surface.vertices()), MOST_POINTS);
    List<Point> sample = new ArrayList<>();
    for (int v = 0; v < surface.vertices(); v += every) {
      sample.add(
          new Point(
              new Vector3(surface.position(v, 0), surface.position(v, 1), surface.position(v, 2)),
              new int[] {surface.colour(v, 0), surface.colour(v, 1), surface.colour(v, 2)},
              new StringBuilder(),
              new int[1]));
    }
    return sample;
  }

  /** Finds out which images see which points; only then is it known which points are kept. */
  private void observe() {
    List<List<Sighting>> sightings = new ArrayList<>();
    for (BestFrame frame : frames) {
      List<Sighting> seen = sightings(frame);
      seen.forEach(s -> s.point().images()[0]++);
      sightings.add(seen);
    }
    for (int i = 0; i < frames.size(); i++) {
      StringBuilder line = new StringBuilder();
      for (Sighting s : sightings.get(i)) {
        if (s.point().images()[0] >= 2) {
          line.append(String.format(Locale.ROOT, "%.3f %.3f %d ", s.x(), s.y(), 1 + s.number()));
          s.point().track().append(' ').append(i + 1).append(' ').append(observed[i]++);
        }
      }
      observations.add(line);
    }
  }

  /** A point in an image, at (x, y) of the original. */
  private record Sighting(Point point, int number, double x, double y) {}

  private List<Sighting> sightings(BestFrame best) {
    SubmapObject submap =
        SubmapObject.decode(scene.bytes().apply(Objects.requireNonNull(best.window().submap())));
    float[] depth = best.depth(submap);
    Intrinsics original = Objects.requireNonNull(best.frame().intrinsics());
    Intrinsics grid = Objects.requireNonNull(best.frame().depthIntrinsics());
    Rigid3 cameraFromWorld = scene.worldFromCamera(best).inverse();
    double unitsPerDepth = scene.depthScale(best);
    List<Sighting> seen = new ArrayList<>();
    for (int p = 0; p < points.size(); p++) {
      Vector3 c = cameraFromWorld.apply(points.get(p).inWorld());
      if (!(c.z() > 0)) {
        continue;
      }
      int column = (int) Math.floor(grid.fx() * c.x() / c.z() + grid.cx());
      int row = (int) Math.floor(grid.fy() * c.y() / c.z() + grid.cy());
      double x = original.fx() * c.x() / c.z() + original.cx();
      double y = original.fy() * c.y() / c.z() + original.cy();
      if (column >= 0
          && column < grid.width()
          && row >= 0
          && row < grid.height()
          && x >= 0
          && x < original.width()
          && y >= 0
          && y < original.height()
          && Math.abs(depth[row * grid.width() + column] * unitsPerDepth - c.z())
              < SAME_DEPTH * c.z()) {
        seen.add(new Sighting(points.get(p), p, x, y));
      }
    }
    return seen;
  }

  private String images(Map<Intrinsics, Integer> cameras) {
    StringBuilder out = new StringBuilder();
    out.append("# IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME\n");
    out.append("# POINTS2D[] as (X, Y, POINT3D_ID)\n");
    for (int i = 0; i < frames.size(); i++) {
      BestFrame best = frames.get(i);
      Rigid3 c = scene.worldFromCamera(best).inverse();
      int camera =
          cameras.computeIfAbsent(
              Objects.requireNonNull(best.frame().intrinsics()), k -> cameras.size() + 1);
      String source = best.frame().sourceName();
      out.append(
          String.format(
              Locale.ROOT,
              "%d %.12f %.12f %.12f %.12f %.9f %.9f %.9f %d %s%n",
              i + 1,
              c.rotation().w(),
              c.rotation().x(),
              c.rotation().y(),
              c.rotation().z(),
              c.translation().x(),
              c.translation().y(),
              c.translation().z(),
              camera,
              source.isEmpty() ? best.frame().camera() + "/" + best.stem() : source));
      out.append(observations.get(i).toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  private static String cameras(Map<Intrinsics, Integer> cameras) {
    StringBuilder out = new StringBuilder("# CAMERA_ID, MODEL, WIDTH, HEIGHT, FX, FY, CX, CY\n");
    cameras.forEach(
        (k, id) ->
            out.append(
                String.format(
                    Locale.ROOT,
                    MODEL,
                    id,
                    k.width(),
                    k.height(),
                    k.fx(),
                    k.fy(),
                    k.cx(),
                    k.cy())));
    return out.toString();
  }

  private String points3d() {
    StringBuilder out = new StringBuilder();
    out.append("# POINT3D_ID, X, Y, Z, R, G, B, ERROR, TRACK[] as (IMAGE_ID, POINT2D_IDX)\n");
    for (int p = 0; p < points.size(); p++) {
      Point point = points.get(p);
      if (point.images()[0] >= 2) {
        out.append(
            String.format(
                Locale.ROOT,
                "%d %.9g %.9g %.9g %d %d %d 0%s%n",
                p + 1,
                point.inWorld().x(),
                point.inWorld().y(),
                point.inWorld().z(),
                point.colour()[0],
                point.colour()[1],
                point.colour()[2],
                point.track()));
      }
    }
    return out.toString();
  }
}
