package io.lite3r.standalone;

import io.lite3r.reconstruction.edge.Engines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that starts the services. */
final class ServiceOptions {
  enum Provider {
    AUTO,
    CPU,
    CUDA,
    TENSORRT
  }

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "folder with student.onnx and contract.json (default: the model that ships)")
  private @Nullable Path model;

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      description = "auto, cpu, cuda or tensorrt (default: auto)")
  private Provider provider = Provider.AUTO;

  @Option(
      names = "--voxel",
      paramLabel = "SIZE",
      description = "voxel edge in scene units (default: chosen from the first window)")
  private @Nullable Double voxel;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "keep broker and object store here (default: a private folder, removed at the end)")
  @Nullable Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "HTTP port (default: 8080 for up and demo, else a free one)")
  @Nullable Integer port;

  @Option(
      names = "--secure",
      description = "broker with TLS, logins and access rules, as beyond a laptop")
  boolean isSecure;

  /** Whether a person is expected to open the page. */
  boolean isWatched;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads of inference and fusion (default: all cores)")
  private @Nullable Integer threads;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "any other setting of a service, see docs/operations.md")
  private Map<String, String> settings = new LinkedHashMap<>();

  /** What the services are told, as configuration properties. */
  Map<String, String> properties(Path home) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("lite3r.model.dir", modelFolder(home).toString());
    properties.put("lite3r.provider", wantedProvider());
    properties.put("lite3r.engines.dir", Engines.usualFolder().toString());
    if (voxel != null) {
      if (!(voxel > 0)) {
        throw new BadUsage("--voxel must be a positive length in scene units, got " + voxel);
      }
      properties.put("lite3r.fusion.voxel-size", Double.toString(voxel));
    }
    if (threads != null) {
      if (threads < 1) {
        throw new BadUsage("--threads must be at least 1, got " + threads);
      }
      properties.put("lite3r.inference.threads", Integer.toString(threads));
      properties.put("lite3r.fusion.threads", Integer.toString(threads));
    }
    settings.keySet().forEach(KnownSettings::require);
    properties.putAll(settings);
    return properties;
  }

  private String wantedProvider() {
    String name = provider.name().toLowerCase(Locale.ROOT);
    try {
      io.lite3r.reconstruction.edge.Provider.candidates(name);
    } catch (IllegalArgumentException e) {
      throw new BadUsage(String.valueOf(e.getMessage()));
    }
    return name;
  }

  private Path modelFolder(Path home) {
    Path folder =
        model == null ? home.resolve("models/lite3r-small") : model.toAbsolutePath().normalize();
    if (!Files.isRegularFile(folder.resolve("contract.json"))) {
      throw new BadUsage(
          "no model in %s: it needs student.onnx and contract.json; name another folder with --model"
              .formatted(folder));
    }
    return folder;
  }
}
