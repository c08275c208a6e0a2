package io.lite3r.reconstruction.edge;

import io.lite3r.geometry.Affine2;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.model.StrangerModel;
import io.lite3r.reconstruction.window.WindowView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A model that is ready for work: held against its contract, loaded, and asked once about the
 * smallest window it takes, so that the first real one finds memory reserved and code compiled.
 * What it said of that is thrown away.
 *
 * @param warmUpNs how long that window took
 */
public record LoadedModel(Contract contract, OnnxReconstructor network, long warmUpNs) {
  private static final double QUALITY = 0.92;

  private record Wanted(Path folder, int threads) {}

  private static final Map<Wanted, CompletableFuture<LoadedModel>> AHEAD =
      new ConcurrentHashMap<>();

  /** Begins to load a model in the background; whoever loads the same next gets that one. */
  public static void ahead(Path folder, int threads) {
    AHEAD.computeIfAbsent(
        new Wanted(folder, threads),
        wanted -> CompletableFuture.supplyAsync(() -> loadNow(folder, threads)));
  }

  /**
   * @param threads that one inference may use
   * @throws StrangerModel when the model is not what its contract promises, or cannot be loaded
   */
  static LoadedModel load(Path folder, int threads) {
    CompletableFuture<LoadedModel> begun = AHEAD.remove(new Wanted(folder, threads));
    if (begun == null) {
      return loadNow(folder, threads);
    }
    try {
      return begun.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static LoadedModel loadNow(Path folder, int threads) {
    ModelFolder model = ModelFolder.read(folder);
    OnnxReconstructor network = new OnnxReconstructor(model, threads);
    long start = System.nanoTime();
    WindowReconstruction window = new WindowReconstruction(model.contract(), network);
    window.reconstruct(window.prepare(views(model.contract())));
    return new LoadedModel(model.contract(), network, System.nanoTime() - start);
  }

  /**
   * Slanted stripes that move from view to view; twice the model's grid, so that they are
   * resampled.
   */
  private static List<WindowView> views(Contract contract) {
    Bucket grid = contract.buckets().getFirst();
    int width = 2 * grid.width();
    int height = 2 * grid.height();
    List<WindowView> views = new ArrayList<>();
    for (int v = 0; v < contract.minViews(); v++) {
      byte[] rgb = new byte[3 * width * height];
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = (byte) ((i / 3 % width + i / (3 * width) + 8 * v) * 4);
      }
      byte[] jpeg = JpegWriter.encode(new RgbImage(width, height, rgb), QUALITY);
      views.add(new WindowView("warm-up/" + v, jpeg, width, height, Affine2.IDENTITY, null));
    }
    return views;
  }
}
