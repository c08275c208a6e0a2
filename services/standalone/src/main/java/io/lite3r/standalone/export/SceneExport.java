package io.lite3r.standalone.export;

import io.lite3r.fusion.mesh.GlbReader;
import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.fusion.mesh.PlyWriter;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.standalone.export.PublishedScene.BestFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** All files of a published scene, for one capture of it. */
public final class SceneExport {
  private SceneExport() {}

  /**
   * Writes everything but the report into the folder; files of an earlier run with the same names
   * are replaced.
   */
  public static void write(Path folder, PublishedScene scene, String capture) throws IOException {
    Files.createDirectories(folder);
    List<BestFrame> frames = scene.bestFrames(capture);
    TrajectoryExport.write(folder, scene, frames);
    double depthScale = DepthExport.write(folder, scene, frames);
    CamerasExport.write(folder, scene, frames, depthScale);
    writeSurface(folder, scene);
  }

  /** The tiles as they are, the tileset that names them, and all of them as one mesh. */
  private static void writeSurface(Path folder, PublishedScene scene) throws IOException {
    Path tiles = Files.createDirectories(folder.resolve("tiles"));
    Mesh whole = new Mesh();
    for (SceneManifest.Tile tile : scene.manifest().tiles()) {
      byte[] glb = scene.bytes().apply(tile.mesh());
      Files.write(tiles.resolve(tile.id() + ".glb"), glb);
      whole.addAll(GlbReader.read(glb));
    }
    Files.writeString(tiles.resolve("tileset.json"), TilesetExport.json(scene.manifest()));
    Files.write(folder.resolve("scene.ply"), PlyWriter.write(whole.moved(scene.worldFromScene())));
  }
}
