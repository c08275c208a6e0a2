package io.lite3r.reconstruction.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lite3r.reconstruction.engine.EngineCache;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.Contract;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Engines built ahead, so that no window waits for one; and what they are made of. */
public final class EngineBuild {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EngineBuild() {}

  /**
   * One JSON line for each engine.
   *
   * @param viewCounts window sizes to build for; those the model does not take are left out
   * @param runs the engine is run so often and timed, without copies to and from the host; 0: it is
   *     not run
   * @param layers where to write layers with their precision and time; null: nowhere
   */
  public static void run(
      Path modelFolder,
      Engines engines,
      List<Integer> viewCounts,
      int runs,
      @Nullable Path layers,
      PrintStream out)
      throws IOException {
    ModelFolder model = ModelFolder.read(modelFolder);
    Contract contract = model.contract();
    Engines.OfModel ofModel = engines.of(model);
    for (int views : viewCounts) {
      if (views < contract.minViews() || views > contract.maxViews()) {
        continue;
      }
      for (Bucket bucket : contract.buckets()) {
        out.println(JSON.writeValueAsString(line(ofModel, contract, bucket, views, runs, layers)));
        out.flush();
      }
    }
  }

  private static ObjectNode line(
      Engines.OfModel ofModel,
      Contract contract,
      Bucket bucket,
      int views,
      int runs,
      @Nullable Path layers)
      throws IOException {
    long start = System.nanoTime();
    EngineCache.Engine engine = ofModel.obtain(bucket, views);
    ObjectNode line =
        JSON.createObjectNode()
            .put("engine", contract.id())
            .put("sha256", contract.sha256())
            .put("precision", contract.precision().contractName())
            .put("gpu", ofModel.tensorRt().gpu().name())
            .put("tensorrt", ofModel.tensorRt().version())
            .put("views", views)
            .put("height", bucket.height())
            .put("width", bucket.width())
            .put("origin", engine.origin().name())
            .put("obtain_s", Math.round((System.nanoTime() - start) / 1e7) / 100.0)
            .put("mb", Math.round(engine.bytes().length / 1e5) / 10.0);
    if (runs > 0 || layers != null) {
      EngineTrial trial = new EngineTrial(ofModel.tensorRt(), engine.bytes());
      if (runs > 0) {
        double[] ms = trial.milliseconds(runs);
        line.put("engine_ms_min", ms[0]).put("engine_ms_p50", ms[runs / 2]).put("runs", runs);
      }
      if (layers != null) {
        ObjectNode file = line.deepCopy();
        file.set("layers", JSON.readTree(trial.layers()).path("Layers"));
        JSON.writeValue(layers.toFile(), file);
        file.set("times", JSON.valueToTree(trial.layerTimes(Math.max(1, runs))));
        JSON.writeValue(layers.toFile(), file);
      }
    }
    return line;
  }
}
