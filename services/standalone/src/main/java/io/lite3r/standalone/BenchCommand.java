package io.lite3r.standalone;

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
