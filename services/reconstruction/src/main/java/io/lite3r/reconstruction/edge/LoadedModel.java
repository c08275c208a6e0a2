package io.lite3r.reconstruction.edge;

import io.lite3r.geometry.Affine2;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import io.lite3r.objects.ObjectStore;
import io.lite3r.reconstruction.OutOfMemory;
import io.lite3r.reconstruction.Outcome;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.batch.Batching;
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
import org.jspecify.annotations.Nullable;

/**
 * A model that is ready for work: held against its contract, loaded, and asked once about a window
 * of a usual size, so that the first real one finds memory reserved and code compiled. What it said
 * of that is thrown away.
 *
 * @param warmUpNs how long that window took
 */
public record LoadedModel(Contract contract, OnnxReconstructor network, long warmUpNs) {
  private static final double QUALITY = 0.92;

  private record Wanted(
      Path folder, List<Provider> providers, int threads, @Nullable Path engines) {}

  private static final Map<Wanted, CompletableFuture<LoadedModel>> AHEAD =
      new ConcurrentHashMap<>();

  /**
   * Begins to load a model in the background; whoever loads the same next gets that one.
   *
   * @param engines the folder with TensorRT's engines; the usual one when null
   */
  public static void ahead(
      Path folder, List<Provider> providers, int threads, @Nullable Path engines) {
    AHEAD.computeIfAbsent(
        new Wanted(folder, providers, threads, engines),
        wanted ->
            CompletableFuture.supplyAsync(
                () ->
                    loadNow(
                        wanted,
                        Engines.inFolder(
                            engines == null ? Engines.usualFolder() : engines,
                            Engines.USUAL_LEVEL))));
  }

  /**
   * @param providers the first that loads is taken
   * @param threads that one inference may use
   * @param engineFolder where TensorRT's engines are kept; in the object store when null
   * @throws StrangerModel when the model is not what its contract promises, or cannot be loaded
   * @throws IllegalStateException when no provider loads, or memory does not suffice for one window
   */
  static LoadedModel load(
      Path folder,
      List<Provider> providers,
      int threads,
      @Nullable Path engineFolder,
      ObjectStore objects) {
    Wanted wanted = new Wanted(folder, providers, threads, engineFolder);
    CompletableFuture<LoadedModel> begun = AHEAD.remove(wanted);
    if (begun == null) {
      return loadNow(
          wanted,
          engineFolder == null
              ? Engines.inObjectStore(objects, Engines.USUAL_LEVEL)
              : Engines.inFolder(engineFolder, Engines.USUAL_LEVEL));
    }
    try {
      return begun.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static LoadedModel loadNow(Wanted wanted, Engines engines) {
    ModelFolder model = ModelFolder.read(wanted.folder());
    OnnxReconstructor network =
        new OnnxReconstructor(model, wanted.providers(), wanted.threads(), engines);
    long start = System.nanoTime();
    WindowReconstruction window =
        new WindowReconstruction(
            model.contract(), new Batching(network, model.contract().maxBatch()));
    try {
      if (window.reconstruct(window.prepare(views(model.contract())))
          instanceof Outcome.Reconstructed answer) {
        RecordMapping.submap(answer).encode();
      }
    } catch (OutOfMemory e) {
      network.close();
      throw new IllegalStateException(
          "model %s finds no memory for a window of usual size; give the process more, or take a smaller model"
              .formatted(model.contract().id()),
          e);
    }
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
    int usual = contract.usualViews();
    List<WindowView> views = new ArrayList<>();
    for (int v = 0; v < usual; v++) {
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
