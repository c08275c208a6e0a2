package io.lite3r.standalone;

import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.ObjectStoreSettings;
import io.lite3r.reconstruction.edge.EngineBuild;
import io.lite3r.reconstruction.edge.Engines;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Engines for this machine's GPU. */
@Command(
    name = "engine",
    mixinStandardHelpOptions = true,
    description = "engines for this machine's GPU (start with ./lite3r --gpu)")
final class EngineCommand {
  private static final int MAX_LEVEL = 5;

  @Command(
      name = "build",
      mixinStandardHelpOptions = true,
      description =
          "builds a model's engines ahead: one JSON line each; minutes for one that is new")
  int build(
      @Option(names = "--model", paramLabel = "DIR", required = true) Path model,
      @Option(
              names = "--views",
              split = ",",
              defaultValue = "6",
              description = "window sizes, an engine each (default: ${DEFAULT-VALUE})")
          List<Integer> views,
      @Option(
              names = "--to",
              paramLabel = "DIR",
              description = "folder to keep them in (default: the user's cache)")
          @Nullable Path folder,
      @Option(
              names = "--object-store",
              paramLabel = "URL",
              description =
                  "keep them there instead, for all workers: bucket and keys from LITE3R_S3_BUCKET,"
                      + " LITE3R_S3_ACCESS_KEY and LITE3R_S3_SECRET_KEY")
          @Nullable URI objectStore,
      @Option(
              names = "--level",
              paramLabel = "0-5",
              defaultValue = "3",
              description = "how hard TensorRT searches (default: ${DEFAULT-VALUE})")
          int level,
      @Option(
              names = "--time",
              paramLabel = "RUNS",
              defaultValue = "0",
              description = "also run each so often, without copies to and from the host")
          int runs,
      @Option(
              names = "--layers",
              paramLabel = "FILE",
              description =
                  "write every layer with its precision and time, as JSON; of the last one")
          @Nullable Path layers)
      throws IOException {
    if (level < 0 || level > MAX_LEVEL) {
      throw new BadUsage("--level must be 0 to 5, got " + level);
    }
    if (folder != null && objectStore != null) {
      throw new BadUsage("--to and --object-store are two places; name one");
    }
    Engines engines =
        objectStore != null
            ? Engines.inObjectStore(objects(objectStore), level)
            : Engines.inFolder(folder == null ? Engines.usualFolder() : folder, level);
    EngineBuild.run(model.toAbsolutePath().normalize(), engines, views, runs, layers, System.out);
    return Main.OK;
  }

  private static ObjectStore objects(URI at) {
    return new ObjectStore(
        new ObjectStoreSettings(
            at,
            fromEnvironment("LITE3R_S3_ACCESS_KEY"),
            fromEnvironment("LITE3R_S3_SECRET_KEY"),
            Objects.requireNonNullElse(System.getenv("LITE3R_S3_BUCKET"), "lite3r"),
            Duration.ofSeconds(60)));
  }

  private static String fromEnvironment(String name) {
    String value = System.getenv(name);
    if (value == null || value.isBlank()) {
      throw new BadUsage("--object-store needs %s in the environment".formatted(name));
    }
    return value;
  }
}
