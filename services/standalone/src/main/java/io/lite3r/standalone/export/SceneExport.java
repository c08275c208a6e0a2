package io.lite3r.standalone.export;

import io.lite3r.fusion.lod.WorldFrame;
import io.lite3r.fusion.mesh.GlbReader;
import io.lite3r.fusion.mesh.GlbWriter;
import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.fusion.mesh.PlyWriter;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.standalone.export.PublishedScene.BestFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** All files of a published scene, for one capture of it. */
public final class SceneExport {
  /** What glTF calls upright: (x, y, z) becomes (x, z, -y). */
  private static final Rotation Y_UP_FROM_Z_UP =
      Rotation.ofMatrix(new double[] {1, 0, 0, 0, 0, 1, 0, -1, 0});

  private SceneExport() {}

  /**
   * Removes what an earlier run left, known by its report: a folder of two runs' files would be of
   * neither. Anything else stays, and so do tiles, of which those that have not changed need not be
   * written again: without their tileset nobody takes them for a result.
   */
  public static void clear(Path folder) throws IOException {
    if (!Files.isRegularFile(folder.resolve("report.json"))) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (name.matches(
            "trajectory(-.*)?\\.txt|cameras\\.json|(scene|points)\\.ply|points\\.laz|scene\\.glb|report\\.json")) {
          Files.delete(entry);
        }
      }
    }
    remove(folder.resolve("depth"), ".png");
    remove(folder.resolve("colmap"), ".txt");
    Files.deleteIfExists(folder.resolve("tiles/tileset.json"));
  }

  private static void remove(Path folder, String ending) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(ending)).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Writes everything but the report into the folder.
   *
   * @param cameras all cameras of the capture, fused or not
   */
  public static void write(
      Path folder, PublishedScene scene, String capture, Collection<String> cameras)
      throws IOException {
    List<BestFrame> frames = scene.bestFrames(capture);
    TrajectoryExport.write(folder, scene, cameras, frames);
    double depthScale = DepthExport.write(folder, scene, frames);
    CamerasExport.write(folder, scene, frames, depthScale);
    Mesh surface = writeSurface(folder, scene);
    Mesh points = surface.points();
    PointsExport.write(folder, scene, points);
    ColmapExport.write(folder, scene, frames, points);
  }

  /**
   * The version's tileset with what it names, and the surface as one mesh.
   *
   * @return that mesh, in the space that exports speak in
   */
  private static Mesh writeSurface(Path folder, PublishedScene scene) throws IOException {
    Path tiles = Files.createDirectories(folder.resolve("tiles"));
    Mesh whole = new Mesh();
    for (SceneManifest.Tile tile : scene.manifest().tiles()) {
      whole.addAll(GlbReader.read(scene.bytes().apply(tile.mesh())));
    }
    TilesetExport.write(tiles, scene);
    if (whole.triangles() > 0) {
      Sim3 upright = WorldFrame.uprightFromScene(scene.manifest().registration());
      Files.write(
          folder.resolve("scene.glb"),
          GlbWriter.write(whole.moved(new Sim3(1, Y_UP_FROM_Z_UP, Vector3.ZERO).times(upright))));
    }
    Mesh moved = whole.moved(scene.worldFromScene());
    Files.write(folder.resolve("scene.ply"), PlyWriter.write(moved));
    return moved;
  }
}
