package io.lite3r.reconstruction.edge;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.lite3r.reconstruction.model.Precision;
import io.lite3r.reconstruction.model.StrangerModel;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;

/**
 * A model in ONNX Runtime, on the first provider that loads.
 *
 * @param passedOver why those before it did not load, each as {@code name: reason}
 */
record OnnxSession(OrtSession session, Provider provider, List<String> passedOver) {
  OnnxSession {
    passedOver = List.copyOf(passedOver);
  }

  /**
   * @param candidates in the order in which they are tried
   * @throws StrangerModel when the CPU cannot load it either: then it is the model
   * @throws IllegalStateException when it was to be a provider that this machine does not have
   */
  static OnnxSession open(ModelFolder model, List<Provider> candidates, int threads) {
    CommandLineLimit.check();
    // Before any options: a provider that is asked for without an environment has no logger, and
    // fails.
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    List<String> passedOver = new ArrayList<>();
    for (Provider provider : candidates) {
      try (OrtSession.SessionOptions options =
          options(model.contract().precision(), provider, threads)) {
        OrtSession session = environment.createSession(model.onnx().toString(), options);
        return new OnnxSession(session, provider, passedOver);
      } catch (OrtException | UnsatisfiedLinkError e) {
        if (provider == Provider.CPU) {
          throw new StrangerModel(
              "model %s (%s) cannot be loaded by ONNX Runtime: %s. Export it again for opset 17 to 23"
                  .formatted(model.contract().id(), model.onnx(), e.getMessage()),
              e);
        }
        passedOver.add(provider.configName() + ": " + reason(e));
      }
    }
    throw new IllegalStateException(
        "the model does not run on %s. Use --provider auto or cpu, or start with --gpu (docs/operations.md says what a GPU needs)"
            .formatted(String.join("; ", passedOver)));
  }

  private static OrtSession.SessionOptions options(
      Precision precision, Provider provider, int threads) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    try {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setDeterministicCompute(true);
      // Threads that spin between two windows would take the cores from the other stages.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      if (precision == Precision.FP8_QDQ && provider == Provider.CPU) {
        // The fusion of Q/DQ into integer products does not accept FP8; INT8 models live by it.
        options.addConfigEntry("session.disable_quant_qdq", "1");
      }
      provider.addTo(options);
      return options;
    } catch (OrtException | UnsatisfiedLinkError e) {
      options.close();
      throw e;
    }
  }

  /** Loaders write paragraphs, yet keep to themselves which library is missing. */
  private static String reason(Throwable e) {
    String said =
        String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
    return isDriverThere() ? said : said + " (no NVIDIA driver here: no libcuda.so.1)";
  }

  static boolean isDriverThere() {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup.libraryLookup("libcuda.so.1", arena);
      return true;
    } catch (IllegalArgumentException absent) {
      return false;
    }
  }
}
