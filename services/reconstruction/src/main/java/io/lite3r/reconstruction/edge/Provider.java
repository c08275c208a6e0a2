package io.lite3r.reconstruction.edge;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where the network runs, the best first. */
public enum Provider {
  TENSORRT(OrtProvider.TENSOR_RT) {
    @Override
    void addTo(OrtSession.SessionOptions options) throws OrtException {
      options.addTensorrt(FIRST_GPU); // alone: what it is given is one engine, see Engines
    }
  },
  CUDA(OrtProvider.CUDA) {
    @Override
    void addTo(OrtSession.SessionOptions options) throws OrtException {
      options.addCUDA(FIRST_GPU);
    }
  },
  CPU(OrtProvider.CPU) {
    @Override
    void addTo(OrtSession.SessionOptions options) {
      // ONNX Runtime has it always, behind all others.
    }
  };

  private static final int FIRST_GPU = 0;
  private static final String AUTO = "auto";

  private final OrtProvider runtimes;

  Provider(OrtProvider runtimes) {
    this.runtimes = runtimes;
  }

  /**
   * The providers to try for {@code lite3r.provider}, in this order: all for {@code auto}.
   *
   * @throws IllegalArgumentException for a name that is none, and for a provider that this build of
   *     ONNX Runtime does not have, with the cure
   */
  public static List<Provider> candidates(String configured) {
    if (configured.equalsIgnoreCase(AUTO)) {
      return List.of(values());
    }
    return Arrays.stream(values())
        .filter(provider -> provider.configName().equalsIgnoreCase(configured))
        .findFirst()
        .map(provider -> List.of(provider.requiredInBuild()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "provider '%s' is unknown; lite3r.provider is one of %s"
                        .formatted(
                            configured,
                            Stream.concat(
                                    Stream.of(AUTO),
                                    Arrays.stream(values()).map(Provider::configName))
                                .collect(Collectors.joining(", ")))));
  }

  private Provider requiredInBuild() {
    CommandLineLimit.check();
    if (!OrtEnvironment.getAvailableProviders().contains(runtimes)) {
      throw new IllegalArgumentException(
          "provider '%s' is not in this build of ONNX Runtime; use --provider auto or cpu, or start with --gpu"
              .formatted(configName()));
    }
    return this;
  }

  /** As configuration and reports write it. */
  public String configName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Loads the provider's libraries and asks for it; throws when one of them is missing. */
  abstract void addTo(OrtSession.SessionOptions options) throws OrtException;
}
