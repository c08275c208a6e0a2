package io.lite3r.reconstruction.edge;

import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * What reconstruction can be told. Not a mapping of the prefix {@code lite3r}: that would claim the
 * keys of the other stages in the process and refuse them as unknown.
 */
@Singleton
public class ReconstructionConfig {
  /** Five hundred windows of six views; less where the heap is small. */
  private static final long MOST_LOOK_AHEAD = 256L << 20;

  private final Path modelDir;
  private final List<Provider> providers;
  private final int threads;
  private final OptionalInt inFlight;
  private final long lookAhead;
  private final int deliveries;
  private final Duration drain;
  private final @Nullable Path engines;

  /**
   * @param modelDir the folder with student.onnx and contract.json
   * @param provider auto, tensorrt, cuda or cpu
   * @param threads of one inference; as many as there are cores when not set
   * @param inFlight windows under way at once: decoded, in the network, being stored
   * @param lookAhead bytes of windows taken from the broker before their turn, among which scenes
   *     take turns; a quarter of the heap when not set, 256 MiB at most
   * @param deliveries how often a share group's broker delivers a record before it gives it up
   * @param drain how long windows that are under way may take when the process is told to stop
   * @param engines folder of TensorRT's engines; they lie in the object store when not set
   */
  public ReconstructionConfig(
      @ConfigProperty(name = "lite3r.model.dir") Path modelDir,
      @ConfigProperty(name = "lite3r.provider", defaultValue = "auto") String provider,
      @ConfigProperty(name = "lite3r.inference.threads") Optional<Integer> threads,
      @ConfigProperty(name = "lite3r.reconstruction.in-flight") Optional<Integer> inFlight,
      @ConfigProperty(name = "lite3r.reconstruction.look-ahead") Optional<MemorySize> lookAhead,
      @ConfigProperty(name = "lite3r.reconstruction.deliveries", defaultValue = "5") int deliveries,
      @ConfigProperty(name = "lite3r.reconstruction.drain", defaultValue = "PT3S") Duration drain,
      @ConfigProperty(name = "lite3r.engines.dir") Optional<Path> engines) {
    this.modelDir = modelDir;
    this.providers = Provider.candidates(provider);
    this.threads = threads.orElse(Runtime.getRuntime().availableProcessors());
    this.inFlight = inFlight.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    this.lookAhead =
        lookAhead
            .map(MemorySize::asLongValue)
            .orElse(Math.min(MOST_LOOK_AHEAD, Runtime.getRuntime().maxMemory() / 4));
    this.deliveries = deliveries;
    this.drain = drain;
    this.engines = engines.orElse(null);
    require("lite3r.inference.threads", this.threads);
    require("lite3r.reconstruction.in-flight", this.inFlight.orElse(1));
    require("lite3r.reconstruction.deliveries", deliveries);
  }

  private static void require(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s must be at least 1, got %d".formatted(key, value));
    }
  }

  public Path modelDir() {
    return modelDir;
  }

  /** Those to try, in order. */
  public List<Provider> providers() {
    return providers;
  }

  public int threads() {
    return threads;
  }

  /**
   * Windows under way at once: a batch in the network, and the next one being made or the last one
   * stored. On two cores a third window alone only made each of them slower (docs/results.md).
   */
  public int inFlight(int maxBatch) {
    return inFlight.orElse(2 * maxBatch);
  }

  public long lookAhead() {
    return lookAhead;
  }

  public int deliveries() {
    return deliveries;
  }

  /** Null: in the object store. */
  public @Nullable Path engines() {
    return engines;
  }

  public Duration drain() {
    return drain;
  }
}
