package io.lite3r.fusion.warm;

import io.lite3r.fusion.mesh.GlbWriter;
import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.fusion.mesh.SurfaceNets;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.fusion.tsdf.Volume;
import java.util.Objects;

/**
 * Takes a scene in memory through all that the first window of a real one will need (refine, place,
 * fuse, extract, encode, digest), so that classes are loaded and loops compiled before somebody
 * waits for them. It touches nothing outside itself: no topic, no object, no metric.
 */
public final class WarmUp {
  private static final int WINDOWS = 2;
  private static final int VIEWS = 3;

  private WarmUp() {}

  /**
   * What came of it; the same each time.
   *
   * @param digest of the scene
   * @param triangles of its surface
   */
  public record Result(String digest, int triangles) {}

  /** Runs it on these threads; well under a second on a virtual machine that has just started. */
  public static Result run(Parallel parallel) {
    FusedScene scene = new FusedScene(FusionRules.SERVED, new Integrator(parallel));
    int triangles = 0;
    for (int number = 0; number < WINDOWS; number++) {
      scene.apply(PaintedWall.window(number, VIEWS));
      triangles = triangles(Objects.requireNonNull(scene.volume()), parallel);
      scene.publish(number);
    }
    return new Result(scene.digest(), triangles);
  }

  private static int triangles(Volume volume, Parallel parallel) {
    var changed = volume.takeChangedTiles();
    int[] counts = new int[changed.size()];
    parallel.forEach(
        changed.size(),
        1,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            counts[i] = triangles(volume, changed.get(i));
          }
        });
    int sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return sum;
  }

  private static int triangles(Volume volume, TileId tile) {
    Mesh mesh = SurfaceNets.extract(volume, tile);
    if (mesh.triangles() > 0) {
      GlbWriter.write(mesh);
    }
    return mesh.triangles();
  }
}
