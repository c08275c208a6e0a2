package io.lite3r.fusion.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.fusion.mesh.PlyWriter;
import io.lite3r.fusion.mesh.SurfaceNets;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.fusion.tsdf.DepthGate;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.SceneDigest;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.geometry.Sim3;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How fast depth goes into the volume, without broker, store or model: every pixel of a capture's
 * own depth and colour at its own poses, truncation 4 voxels, depth to 6 m, carving as in
 * production. Images are decoded before the clock starts; weighing the pixels is on it.
 */
public final class FusionBench {
  private static final double FARTHEST = 6;
  private static final int TRUNCATION_VOXELS = 4;

  private FusionBench() {}

  /**
   * Measures and prints one JSON line.
   *
   * @param capture null: a room that is computed
   * @param voxelSize in the capture's unit
   * @param repetitions measured runs, each into an empty volume, after one that warms up
   * @param ply where to write the surface; null: nowhere
   */
  public static void run(
      @Nullable Path capture,
      double voxelSize,
      int threads,
      int repetitions,
      @Nullable Path ply,
      PrintStream out)
      throws IOException {
    List<SubmapView> views =
        capture == null ? ComputedRoom.views() : DepthCapture.read(capture, FARTHEST);
    long images = usedBytes();
    double[] seconds = new double[repetitions];
    double[] meshSeconds = new double[repetitions];
    Mesh mesh = new Mesh();
    Volume volume = new Volume(voxelSize, TRUNCATION_VOXELS);
    try (Parallel parallel = new Parallel(threads)) {
      Integrator integrator = new Integrator(parallel);
      for (int r = -1; r < repetitions; r++) {
        volume = new Volume(voxelSize, TRUNCATION_VOXELS);
        mesh = new Mesh();
        usedBytes(); // the clock is not to run while the volume before is cleared away
        long start = System.nanoTime();
        for (SubmapView view : views) {
          integrator.integrate(
              volume, integrator.observe(DepthGate.OPEN, List.of(view), Sim3.IDENTITY));
        }
        long integrated = System.nanoTime();
        mesh = mesh(volume, parallel);
        if (r >= 0) {
          seconds[r] = (integrated - start) / 1e9;
          meshSeconds[r] = (System.nanoTime() - integrated) / 1e9;
        }
      }
      long used = usedBytes() - images;
      if (ply != null) {
        Files.write(ply, PlyWriter.write(mesh));
      }
      Arrays.sort(seconds);
      Arrays.sort(meshSeconds);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("bench", "fusion");
      line.put("capture", capture == null ? "computed" : capture.getFileName().toString());
      line.put("voxel", voxelSize);
      line.put("frames", views.size());
      line.put("threads", threads);
      line.put("fps", rounded(views.size() / seconds[repetitions / 2]));
      line.put("fps_best", rounded(views.size() / seconds[0]));
      line.put("mesh_s", rounded(meshSeconds[repetitions / 2]));
      line.put("vertices", mesh.vertices());
      line.put("triangles", mesh.triangles());
      line.put("blocks", volume.blockCount());
      line.put("volume_mb", rounded(volume.bytes() / 1e6));
      line.put("volume_and_mesh_mb", rounded(used / 1e6));
      line.put("digest", SceneDigest.of(volume, new TreeMap<>()));
      out.println(new ObjectMapper().writeValueAsString(line));
    }
  }

  private static Mesh mesh(Volume volume, Parallel parallel) {
    List<TileId> tiles = volume.tiles();
    Mesh[] parts = new Mesh[tiles.size()];
    parallel.forEach(
        parts.length,
        1,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            parts[i] = SurfaceNets.extract(volume, tiles.get(i));
          }
        });
    Mesh all = new Mesh();
    for (Mesh part : parts) {
      all.addAll(part);
    }
    return all;
  }

  /** Bytes of the heap that are in use, garbage not among them. */
  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static double rounded(double value) {
    return Math.round(1000 * value) / 1000.0;
  }
}
