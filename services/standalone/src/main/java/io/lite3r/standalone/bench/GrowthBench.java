package io.lite3r.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.fusion.tsdf.ColdTiles;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.fusion.tsdf.VolumeMemory;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneManifest;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.SortedMap;

/**
 * What a window costs late in a long scene over what it cost early: windows of four views along an
 * endless street, each in a random space, placed, integrated, settled and digested, without broker.
 * Versions are not published: what they write is counted in docs/results/store.md. What the volume
 * has no room for is laid down in files, in place of the object store.
 */
public final class GrowthBench {
  private static final Intrinsics CAMERA = new Intrinsics(96, 96, 64, 48, 128, 96);
  private static final int VIEWS = 4;
  private static final int HUNDRED = 100;
  private static final double STEP = 0.4;

  private GrowthBench() {}

  /**
   * Measures after a warm-up and prints one JSON line.
   *
   * @param progress told of each hundred
   */
  public static void run(
      int windows, int threads, long budgetBytes, PrintStream out, PrintStream progress)
      throws IOException {
    try (Parallel parallel = new Parallel(threads)) {
      new Street(parallel, budgetBytes, progress).drive(3 * HUNDRED);
      Street street = new Street(parallel, budgetBytes, progress);
      double[] ms = street.drive(windows);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("bench", "growth");
      line.put("windows", windows);
      line.put("threads", threads);
      double first = median(Arrays.copyOfRange(ms, 0, HUNDRED));
      double last = median(Arrays.copyOfRange(ms, windows - HUNDRED, windows));
      line.put("first_hundred_ms", AlignmentBench.rounded(first));
      line.put("last_hundred_ms", AlignmentBench.rounded(last));
      line.put("growth", AlignmentBench.rounded(last / first - 1));
      List<Double> hundreds = new ArrayList<>();
      for (int from = 0; from + HUNDRED <= windows; from += HUNDRED) {
        hundreds.add(AlignmentBench.rounded(median(Arrays.copyOfRange(ms, from, from + HUNDRED))));
      }
      line.put("hundreds_ms", hundreds); // what tests/growth-curve draws
      line.put("budget_mb", AlignmentBench.rounded(budgetBytes / 1e6));
      line.put("volume_mb_most", AlignmentBench.rounded(street.mostBytes / 1e6));
      line.put("laid_down_mb", AlignmentBench.rounded(street.cold.bytes / 1e6));
      line.put("digest", street.scene.digest());
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      line.put(
          "heap_mb", AlignmentBench.rounded((runtime.totalMemory() - runtime.freeMemory()) / 1e6));
      out.println(new ObjectMapper().writeValueAsString(line));
    }
  }

  private static final class Street {
    final ColdFiles cold = new ColdFiles();
    final FusedScene scene;
    final PrintStream progress;
    long mostBytes;

    Street(Parallel parallel, long budgetBytes, PrintStream progress) throws IOException {
      this.progress = progress;
      scene =
          new FusedScene(
              FusionRules.SERVED.withVoxelSize(OptionalDouble.of(0.1)),
              new Integrator(parallel, new VolumeMemory(budgetBytes, cold)));
    }

    double[] drive(int windows) {
      Random random = new Random(1);
      double[] ms = new double[windows];
      for (int i = 0; i < windows; i++) {
        WindowOutcome window = window(i, random);
        long start = System.nanoTime();
        scene.apply(window);
        scene.settle(
            entry -> {
              throw new IllegalStateException(
                  "nothing says that window %d should move".formatted(entry.number()));
            });
        scene.digest();
        ms[i] = (System.nanoTime() - start) / 1e6;
        Volume volume = scene.volume();
        mostBytes = Math.max(mostBytes, volume == null ? 0 : volume.bytes());
        if ((i + 1) % HUNDRED == 0) {
          progress.printf(
              "%5d windows, %.2f ms each, voxels %.0f MB%n",
              i + 1, median(Arrays.copyOfRange(ms, i + 1 - HUNDRED, i + 1)), mostBytes / 1e6);
        }
      }
      return ms;
    }
  }

  /** Tiles in files of a folder that goes away with the process. */
  private static final class ColdFiles implements ColdTiles {
    private final Path folder = Files.createTempDirectory("lite3r-growth-");
    long bytes;

    ColdFiles() throws IOException {
      folder.toFile().deleteOnExit();
    }

    private Path file(TileId tile) {
      return folder.resolve(tile.toString());
    }

    @Override
    public void put(SortedMap<TileId, byte[]> voxels) {
      voxels.forEach(
          (tile, content) -> {
            try {
              Path file = file(tile);
              bytes += content.length - (Files.exists(file) ? Files.size(file) : 0);
              Files.write(file, content);
              file.toFile().deleteOnExit();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    @Override
    public List<byte[]> get(List<TileId> tiles) {
      List<byte[]> contents = new ArrayList<>();
      for (TileId tile : tiles) {
        try {
          contents.add(Files.readAllBytes(file(tile)));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return contents;
    }
  }

  private static WindowOutcome window(int number, Random random) {
    Sim3 space =
        new Sim3(
            number == 0 ? 1 : Math.exp(0.3 * random.nextGaussian()),
            number == 0 ? Rotation.IDENTITY : Rotation.exp(gauss(random)),
            number == 0 ? Vector3.ZERO : gauss(random));
    List<WindowOutcome.Source> sources = new ArrayList<>();
    List<WindowOutcome.View> views = new ArrayList<>();
    for (int v = 0; v < VIEWS; v++) {
      long frame = (long) (VIEWS - 1) * number + v;
      sources.add(new WindowOutcome.Source("cam", frame, frame, 1, "", 128, 96, null));
      views.add(new WindowOutcome.View(view(frame, space), Affine2.IDENTITY, 1.5));
    }
    return new WindowOutcome(
        number,
        number,
        "w" + number,
        "o" + number,
        "growth",
        new SceneManifest.Model("street", ""),
        sources,
        new WindowOutcome.Geometry(views, new ObjectRef("", 0, "", "")));
  }

  /** Looking along a street six wide, three high, with a wall ahead that goes along. */
  private static SubmapView view(long frame, Sim3 space) {
    Rigid3 pose = new Rigid3(Rotation.IDENTITY, new Vector3(0, 0, STEP * frame));
    float[] depth = new float[CAMERA.width() * CAMERA.height()];
    float[] confidence = new float[depth.length];
    Arrays.fill(confidence, 1.5f);
    byte[] rgb = new byte[3 * depth.length];
    Arrays.fill(rgb, (byte) 120);
    for (int i = 0; i < depth.length; i++) {
      Vector3 ray =
          CAMERA.unproject(i % CAMERA.width() + 0.5, Math.floorDiv(i, CAMERA.width()) + 0.5, 1);
      double z =
          Math.min(8, Math.min(3 / Math.abs(ray.x()), 1.5 / Math.max(1e-9, Math.abs(ray.y()))));
      depth[i] = (float) (z * space.scale());
    }
    return new SubmapView(depth, confidence, rgb, CAMERA, space.carry(pose));
  }

  private static Vector3 gauss(Random random) {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
