package io.lite3r.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.edge.FusionBench;
import io.lite3r.fusion.edge.ResumeBench;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.ObjectStoreSettings;
import io.lite3r.reconstruction.edge.Engines;
import io.lite3r.reconstruction.edge.InferenceBench;
import io.lite3r.standalone.bench.AlignmentBench;
import io.lite3r.standalone.bench.GrowthBench;
import io.lite3r.standalone.bench.LoopBench;
import io.lite3r.standalone.bench.LoopGraphBench;
import io.lite3r.standalone.bench.Told;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measurements; one JSON line each. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "measures one part and prints one JSON line per measurement")
final class BenchCommand {

  @Command(
      name = "inference",
      mixinStandardHelpOptions = true,
      description = "one window through the model, without broker and store")
  int inference(
      @Option(names = "--model", paramLabel = "DIR") @Nullable Path model,
      @Option(names = "--provider", defaultValue = "auto") String provider,
      @Option(names = "--threads", defaultValue = "2") int threads,
      @Option(names = "--views", split = ",", defaultValue = "2,4,8") List<Integer> views,
      @Option(names = "--reps", defaultValue = "5") int repetitions,
      @Option(
              names = "--engines",
              paramLabel = "DIR",
              description = "folder of TensorRT's engines (default: the user's cache)")
          @Nullable Path engineFolder,
      @Option(
              names = "--window",
              paramLabel = "DIR",
              description =
                  "instead of timing: these views, of the size of the model's first bucket ...")
          @Nullable Path window,
      @Option(
              names = "--answers",
              paramLabel = "DIR",
              description = "... through the model, and what it says of them here, float32")
          @Nullable Path answers)
      throws IOException {
    Path folder =
        (model == null ? Pipeline.home().resolve("models/lite3r-small") : model)
            .toAbsolutePath()
            .normalize();
    Engines engines =
        Engines.inFolder(
            engineFolder == null ? Engines.usualFolder() : engineFolder, Engines.USUAL_LEVEL);
    if ((window == null) != (answers == null)) {
      throw new BadUsage("--window and --answers belong together");
    }
    if (window != null && answers != null) {
      InferenceBench.answer(folder, provider, threads, engines, window, answers);
    } else {
      InferenceBench.run(folder, provider, threads, views, repetitions, engines, System.out);
    }
    return Main.OK;
  }

  @Command(
      name = "pipeline",
      mixinStandardHelpOptions = true,
      description =
          "a capture through the whole chain, from the first accepted frame to the last outcome")
  int pipeline(
      @Option(names = "--capture", required = true, paramLabel = "DIR") Path capture,
      @Option(names = "--use-intrinsics") boolean useIntrinsics,
      @Mixin ServiceOptions services)
      throws Exception {
    Path out = Files.createTempDirectory("lite3r-bench-");
    try {
      CaptureRun run =
          new CaptureRun(
              capture.toAbsolutePath().normalize(),
              "bench",
              out,
              new CaptureRun.Priors(useIntrinsics, false, false, false),
              false,
              System.err);
      return Pipeline.run(
          services,
          (running, data) -> {
            CaptureRun.Result result = run.execute(running, data);
            Map<String, Object> line = new LinkedHashMap<>(result.report().json());
            Accuracy.of(result.scene(), result.report().capture(), Truth.read(capture))
                .ifPresent(accuracy -> line.put("accuracy", accuracy));
            System.out.println(new ObjectMapper().writeValueAsString(line));
            return Main.OK;
          });
    } finally {
      Pipeline.remove(out);
    }
  }

  @Command(
      name = "fusion",
      mixinStandardHelpOptions = true,
      description =
          "a capture's own depth and poses into the volume, without broker, store or model")
  int fusion(
      @Option(
              names = "--capture",
              paramLabel = "DIR",
              description = "with depth and poses; without it a room that is computed")
          @Nullable Path capture,
      @Option(names = "--voxel", paramLabel = "SIZE", defaultValue = "0.02") double voxel,
      @Option(names = "--threads", defaultValue = "2") int threads,
      @Option(names = "--reps", defaultValue = "5") int repetitions,
      @Option(names = "--ply", paramLabel = "FILE") @Nullable Path ply)
      throws IOException {
    FusionBench.run(
        capture == null ? null : capture.toAbsolutePath().normalize(),
        voxel,
        threads,
        repetitions,
        ply,
        System.out);
    return Main.OK;
  }

  @Command(
      name = "growth",
      mixinStandardHelpOptions = true,
      description =
          "what a window costs late in a long scene over what it cost early; versions are not published")
  int growth(
      @Option(names = "--windows", defaultValue = "5000") int windows,
      @Option(names = "--threads", defaultValue = "2") int threads,
      @Option(
              names = "--budget-mb",
              paramLabel = "MB",
              defaultValue = "500",
              description = "what the voxels may take in memory")
          long budgetMb)
      throws IOException {
    if (windows < 200) {
      throw new BadUsage("--windows must be at least 200, got " + windows);
    }
    GrowthBench.run(windows, threads, 1_000_000 * budgetMb, System.out, System.err);
    return Main.OK;
  }

  @Command(
      name = "loop-graph",
      mixinStandardHelpOptions = true,
      description = "how long the graph of a long scene with many loops takes to solve")
  int loopGraph(
      @Option(names = "--views", paramLabel = "N", defaultValue = "6000") int views,
      @Option(names = "--laps", paramLabel = "N", defaultValue = "3") int laps,
      @Option(names = "--loops", paramLabel = "N", defaultValue = "300") int loops)
      throws IOException {
    LoopGraphBench.run(views, laps, loops, System.out);
    return Main.OK;
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description =
          "how long a fusion that was killed takes to be where it was: a stored scene, read as at a"
              + " start")
  int resume(
      @Option(
              names = "--data",
              paramLabel = "DIR",
              required = true,
              description =
                  "what a run or a stack with --data has left; nothing may be running on it")
          Path data,
      @Option(names = "--scene", paramLabel = "NAME", required = true) String scene,
      @Option(names = "--threads", defaultValue = "2") int threads,
      @Option(names = "--reps", defaultValue = "5") int repetitions)
      throws IOException {
    Path folder = data.toAbsolutePath().normalize();
    if (!Files.isDirectory(folder)) {
      throw new BadUsage("no data folder at " + folder);
    }
    try (StackProcess stack = StackProcess.start(Pipeline.home(), folder)) {
      StackProcess.Endpoints at = stack.endpoints();
      ObjectStore objects =
          new ObjectStore(
              new ObjectStoreSettings(
                  URI.create(at.s3()),
                  at.accessKey(),
                  at.secretKey(),
                  "lite3r",
                  Duration.ofSeconds(20)));
      ResumeBench.run(objects, scene, threads, repetitions, System.out);
    }
    return Main.OK;
  }

  @Command(
      name = "align",
      mixinStandardHelpOptions = true,
      description = "ways of aligning windows, compared on the same submaps against true poses")
  int align(
      @Option(names = "--capture", paramLabel = "DIR", required = true) Path capture,
      @Option(names = "--model", paramLabel = "DIR") @Nullable Path model,
      @Option(names = "--views", defaultValue = "6") int views,
      @Option(names = "--shared", defaultValue = "1") int shared,
      @Option(names = "--threads", defaultValue = "2") int threads,
      @Option(names = "--use-rig") boolean useRig,
      @Option(names = "--use-gps") boolean useGps,
      @Option(names = "--use-intrinsics") boolean useIntrinsics,
      @Option(
              names = "--withhold",
              paramLabel = "N",
              defaultValue = "0",
              description = "every N-th frame keeps its GPS for itself, to be measured with")
          int withhold,
      @Option(names = "--ply", paramLabel = "DIR") @Nullable Path ply)
      throws IOException {
    Path folder = model == null ? Pipeline.home().resolve("models/lite3r-small") : model;
    AlignmentBench.run(
        capture.toAbsolutePath().normalize(),
        folder.toAbsolutePath().normalize(),
        views,
        shared,
        threads,
        new Told(useRig, useGps, useIntrinsics, withhold),
        ply,
        System.out);
    return Main.OK;
  }

  @Command(
      name = "loops",
      mixinStandardHelpOptions = true,
      description =
          "a capture fused without and with loops found from its pictures, against true poses")
  int loops(
      @Option(names = "--capture", paramLabel = "DIR", required = true) Path capture,
      @Option(names = "--model", paramLabel = "DIR") @Nullable Path model,
      @Option(names = "--views", defaultValue = "6") int views,
      @Option(names = "--shared", defaultValue = "1") int shared,
      @Option(names = "--threads", defaultValue = "2") int threads,
      @Option(names = "--use-intrinsics") boolean useIntrinsics)
      throws IOException {
    Path folder = model == null ? Pipeline.home().resolve("models/lite3r-small") : model;
    LoopBench.run(
        capture.toAbsolutePath().normalize(),
        folder.toAbsolutePath().normalize(),
        views,
        shared,
        threads,
        new Told(false, false, useIntrinsics, 0),
        System.out);
    return Main.OK;
  }
}
