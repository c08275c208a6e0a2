package io.lite3r.standalone.export;

import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.fusion.mesh.PlyWriter;
import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Utm;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.standalone.laz.LazWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The surface as points: one for every voxel that it passes through, with normal and colour in
 * {@code points.ply}, with colour in {@code points.laz}. The PLY lies where all exports lie. So
 * does the LAZ, unless the scene has a place on the earth: then it is in the place's UTM zone and
 * says so.
 */
final class PointsExport {
  /** Finer than anything that is measured. */
  private static final double STEPS_PER_VOXEL = 100;

  private static final double MOST_STEPS = 1e9;

  private PointsExport() {}

  /**
   * @param points in the space that exports speak in; triangles do not matter
   */
  static void write(Path folder, PublishedScene scene, Mesh points) throws IOException {
    Files.write(folder.resolve("points.ply"), PlyWriter.writePoints(points));
    Registration registration = scene.manifest().registration();
    Geodetic origin = registration == null ? null : registration.origin();
    double voxel = scene.manifest().voxelSize() * scene.worldFromScene().scale();
    LocalDate day =
        LocalDate.ofInstant(
            Instant.ofEpochSecond(0, scene.manifest().publishedAtNs()), ZoneOffset.UTC);
    Files.write(folder.resolve("points.laz"), laz(points, voxel, origin, day));
  }

  private static byte[] laz(Mesh points, double voxel, @Nullable Geodetic origin, LocalDate day) {
    Utm zone = origin == null ? null : Utm.of(origin);
    List<Vector3> places = places(points, origin, zone);
    double[] min = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    double extent = 0;
    for (Vector3 p : places) {
      min[0] = Math.min(min[0], Math.floor(p.x()));
      min[1] = Math.min(min[1], Math.floor(p.y()));
      min[2] = Math.min(min[2], Math.floor(p.z()));
    }
    for (Vector3 p : places) {
      extent = Math.max(extent, p.minus(new Vector3(min[0], min[1], min[2])).norm());
    }
    // A power of ten, so that what is stored reads as a short decimal.
    double step = Math.max(voxel / STEPS_PER_VOXEL, extent / MOST_STEPS);
    double scale = step > 0 ? Math.pow(10, Math.floor(Math.log10(step))) : 1;
    LazWriter laz = new LazWriter(places.isEmpty() ? new double[3] : min, scale);
    for (int v = 0; v < places.size(); v++) {
      Vector3 p = places.get(v);
      laz.add(p.x(), p.y(), p.z(), points.colour(v, 0), points.colour(v, 1), points.colour(v, 2));
    }
    return laz.finish(zone == null ? null : zone.epsg(), day);
  }

  private static List<Vector3> places(Mesh points, @Nullable Geodetic origin, @Nullable Utm zone) {
    UnaryOperator<Vector3> placed = p -> p;
    if (origin != null && zone != null) {
      Rigid3 ecefFromEastNorthUp = origin.ecefFromEastNorthUp();
      placed = p -> zone.of(ecefFromEastNorthUp.apply(p));
    }
    List<Vector3> places = new ArrayList<>(points.vertices());
    for (int v = 0; v < points.vertices(); v++) {
      places.add(
          placed.apply(
              new Vector3(points.position(v, 0), points.position(v, 1), points.position(v, 2))));
    }
    return places;
  }
}
