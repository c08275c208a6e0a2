package io.lite3r.reconstruction.edge;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.model.Precision;
import io.lite3r.reconstruction.model.StrangerModel;
import io.lite3r.reconstruction.window.WindowTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model in ONNX Runtime, on the first provider that loads. On TensorRT there is a session for
 * each size of window, an engine each; elsewhere one takes them all.
 */
final class OnnxSession implements AutoCloseable {
  private record Size(Bucket bucket, int views) {}

  private static final Size ANY = new Size(new Bucket(1, 1), 0);

  private final Provider provider;
  private final List<String> passedOver;
  private final Opener opener;
  private final Map<Size, OrtSession> sessions = new HashMap<>();

  @FunctionalInterface
  private interface Opener {
    OrtSession open(Size size) throws OrtException;
  }

  /** Opens one session at once, so that what cannot be loaded is known here. */
  private OnnxSession(Provider provider, List<String> passedOver, Opener opener, Size first)
      throws OrtException {
    this.provider = provider;
    this.passedOver = List.copyOf(passedOver);
    this.opener = opener;
    sessions.put(slot(first), opener.open(first));
  }

  /**
   * @param candidates in the order in which they are tried
   * @param engines where TensorRT's come from
   * @throws StrangerModel when the CPU cannot load it either: then it is the model
   * @throws IllegalStateException when it was to be a provider that this machine does not have
   */
  static OnnxSession open(
      ModelFolder model, List<Provider> candidates, int threads, Engines engines) {
    CommandLineLimit.check();
    // Before any options: a provider that is asked for without an environment has no logger, and
    // fails.
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    Contract contract = model.contract();
    Size usual = new Size(contract.buckets().getFirst(), contract.usualViews());
    List<String> passedOver = new ArrayList<>();
    for (Provider provider : candidates) {
      try {
        // What the provider lacks shows here, before an engine is built for it.
        options(contract.precision(), provider, threads).close();
        Opener opener = size -> session(environment, model.onnx(), contract, provider, threads);
        if (provider == Provider.TENSORRT) {
          Engines.OfModel ofModel = engines.of(model);
          opener =
              size ->
                  ofModel.<OrtSession, OrtException>load(
                      size.bucket(),
                      size.views(),
                      file -> session(environment, file, contract, provider, threads));
        }
        return new OnnxSession(provider, passedOver, opener, usual);
      } catch (OrtException | IllegalStateException | LinkageError e) {
        if (provider == Provider.CPU) {
          throw new StrangerModel(
              "model %s (%s) cannot be loaded by ONNX Runtime: %s. Export it again for opset 17 to 23"
                  .formatted(contract.id(), model.onnx(), e.getMessage()),
              e);
        }
        passedOver.add(provider.configName() + ": " + reason(e));
      }
    }
    throw new IllegalStateException(
        "the model does not run on %s. Use --provider auto or cpu, or start with --gpu (docs/operations.md says what a GPU needs)"
            .formatted(String.join("; ", passedOver)));
  }

  Provider provider() {
    return provider;
  }

  /** Why those before it did not load, each as {@code name: reason}. */
  List<String> passedOver() {
    return passedOver;
  }

  /** Whether one session takes every size, as the model says of itself. */
  boolean takesAnySize() {
    return provider != Provider.TENSORRT;
  }

  /** The session that was opened first. */
  OrtSession first() {
    return sessions.values().iterator().next();
  }

  /** The session for windows of that size; on TensorRT a new size may first have to be built. */
  OrtSession of(WindowTensor window) throws OrtException {
    Size size = slot(new Size(window.bucket(), window.views()));
    OrtSession session = sessions.get(size);
    if (session == null) {
      session = opener.open(size);
      sessions.put(size, session);
    }
    return session;
  }

  private Size slot(Size size) {
    return takesAnySize() ? ANY : size;
  }

  private static OrtSession session(
      OrtEnvironment environment, Path file, Contract contract, Provider provider, int threads)
      throws OrtException {
    try (OrtSession.SessionOptions options = options(contract.precision(), provider, threads)) {
      return environment.createSession(file.toString(), options);
    }
  }

  @Override
  public void close() throws OrtException {
    for (OrtSession session : sessions.values()) {
      session.close();
    }
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
    return isDriverThere() || said.contains("engine")
        ? said
        : said + " (no NVIDIA driver here: no libcuda.so.1)";
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
