package io.lite3r.reconstruction.edge;

import java.util.Locale;

/** Where the network runs. */
public enum Provider {
  CPU;

  /**
   * The provider for {@code lite3r.provider}: {@code auto} takes the best that this build has.
   *
   * @throws IllegalArgumentException for one that this build does not have, with the cure
   */
  public static Provider choose(String configured) {
    return switch (configured.toLowerCase(Locale.ROOT)) {
      case "auto", "cpu" -> CPU;
      case "cuda", "tensorrt" ->
          throw new IllegalArgumentException(
              "provider '%s' is not in this build, which runs on the CPU; use --provider cpu or auto (lite3r.provider)"
                  .formatted(configured));
      default ->
          throw new IllegalArgumentException(
              "provider '%s' is unknown; lite3r.provider is one of auto, cpu, cuda, tensorrt"
                  .formatted(configured));
    };
  }

  /** As configuration and reports write it. */
  public String configName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
