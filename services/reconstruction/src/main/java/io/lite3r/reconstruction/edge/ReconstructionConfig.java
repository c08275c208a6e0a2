package io.lite3r.reconstruction.edge;

import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * What reconstruction can be told. Not a mapping of the prefix {@code lite3r}: that would claim the
 * keys of the other stages in the process and refuse them as unknown.
 */
@Singleton
public class ReconstructionConfig {
  private final Path modelDir;
  private final Provider provider;
  private final int threads;

  /**
   * @param modelDir the folder with student.onnx and contract.json
   * @param provider auto, cpu, cuda or tensorrt
   * @param threads of one inference; as many as there are cores when not set
   */
  public ReconstructionConfig(
      @ConfigProperty(name = "lite3r.model.dir") Path modelDir,
      @ConfigProperty(name = "lite3r.provider", defaultValue = "auto") String provider,
      @ConfigProperty(name = "lite3r.inference.threads") Optional<Integer> threads) {
    this.modelDir = modelDir;
    this.provider = Provider.choose(provider);
    this.threads = threads.orElse(Runtime.getRuntime().availableProcessors());
    if (this.threads < 1) {
      throw new IllegalArgumentException(
          "lite3r.inference.threads must be at least 1, got " + this.threads);
    }
  }

  public Path modelDir() {
    return modelDir;
  }

  public Provider provider() {
    return provider;
  }

  public int threads() {
    return threads;
  }
}
