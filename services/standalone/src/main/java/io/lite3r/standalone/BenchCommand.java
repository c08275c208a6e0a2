package io.lite3r.standalone;

import io.lite3r.fusion.edge.FusionBench;
import io.lite3r.reconstruction.edge.InferenceBench;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measurements; one JSON line each. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "measures one part and prints one JSON line per measurement")
final class BenchCommand {

  @Command(
      name = "fusion",
      mixinStandardHelpOptions = true,
      description = "integrates every pixel of a capture's own depth and colour at its own poses")
  int fusion(
      @Option(names = "--capture", required = true, paramLabel = "DIR") Path capture,
      @Option(names = "--voxel", required = true, paramLabel = "M") double voxel,
      @Option(names = "--threads", defaultValue = "1") int threads,
      @Option(names = "--reps", defaultValue = "3") int repetitions,
      @Option(names = "--ply", paramLabel = "OUT") @Nullable Path ply)
      throws Exception {
    FusionBench.run(capture, voxel, threads, repetitions, ply, System.out);
    return Main.OK;
  }

  @Command(
      name = "inference",
      mixinStandardHelpOptions = true,
      description = "one window through the model, without broker and store")
  int inference(
      @Option(names = "--model", paramLabel = "DIR") @Nullable Path model,
      @Option(names = "--provider", defaultValue = "auto") String provider,
      @Option(names = "--threads", defaultValue = "2") int threads,
      @Option(names = "--views", split = ",", defaultValue = "2,4,8") List<Integer> views,
      @Option(names = "--reps", defaultValue = "5") int repetitions) {
    Path folder = model == null ? Pipeline.home().resolve("models/lite3r-small") : model;
    InferenceBench.run(
        folder.toAbsolutePath().normalize(), provider, threads, views, repetitions, System.out);
    return Main.OK;
  }
}
