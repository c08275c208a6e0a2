package io.lite3r.reconstruction.edge;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.lite3r.reconstruction.Reconstructor;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.model.ContractCheck;
import io.lite3r.reconstruction.model.ModelInterface;
import io.lite3r.reconstruction.model.Precision;
import io.lite3r.reconstruction.model.Role;
import io.lite3r.reconstruction.model.StrangerModel;
import io.lite3r.reconstruction.prediction.Prediction;
import io.lite3r.reconstruction.window.WindowTensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The network in an ONNX Runtime session on the CPU. One call at a time: it uses all threads. */
public final class OnnxReconstructor implements Reconstructor, AutoCloseable {
  private final Contract contract;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Set<String> requested = new HashSet<>();

  /**
   * Loads the model and holds it against its contract.
   *
   * @param threads that one inference may use
   * @throws StrangerModel when the model is not what its contract promises, or cannot be loaded
   */
  public OnnxReconstructor(ModelFolder model, int threads) {
    CommandLineLimit.check();
    environment = OrtEnvironment.getEnvironment();
    contract = model.contract();
    for (Role role : Role.values()) {
      requested.add(contract.output(role));
    }
    try (OrtSession.SessionOptions options = options(contract.precision(), threads)) {
      session = environment.createSession(model.onnx().toString(), options);
    } catch (OrtException e) {
      throw new StrangerModel(
          "model %s (%s) cannot be loaded by ONNX Runtime: %s. Export it again for opset 17 to 23"
              .formatted(contract.id(), model.onnx(), e.getMessage()),
          e);
    }
    try {
      ContractCheck.requireInterface(
          contract,
          new ModelInterface(tensors(session.getInputInfo()), tensors(session.getOutputInfo())));
    } catch (OrtException | StrangerModel e) {
      close();
      throw e instanceof StrangerModel stranger
          ? stranger
          : new StrangerModel("model %s does not say what it takes".formatted(contract.id()), e);
    }
  }

  private static OrtSession.SessionOptions options(Precision precision, int threads)
      throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setDeterministicCompute(true);
    // Threads that spin between two windows would take the cores from the other stages.
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    if (precision == Precision.FP8_QDQ) {
      // The fusion of Q/DQ into integer products does not accept FP8; INT8 models live by it.
      options.addConfigEntry("session.disable_quant_qdq", "1");
    }
    return options;
  }

  @Override
  public synchronized Prediction run(WindowTensor window) throws InferenceFailed {
    Bucket grid = window.bucket();
    long s = window.views();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      inputs.put(
          contract.imageInput(),
          tensor(window.images(), new long[] {s, 3, grid.height(), grid.width()}));
      if (contract.focalHintInput() != null) {
        inputs.put(contract.focalHintInput(), tensor(window.focalHint(), new long[] {s, 2}));
      }
      try (OrtSession.Result result = session.run(inputs, requested)) {
        return new Prediction(
            window.views(),
            grid,
            output(result, Role.DEPTH),
            output(result, Role.CONFIDENCE),
            output(result, Role.ROTATION),
            output(result, Role.TRANSLATION),
            output(result, Role.FOCAL),
            contract.focalConvention());
      }
    } catch (OrtException e) {
      if (isShortOfMemory(e)) {
        // Nothing is wrong with the window; another process, or this one later, can do it.
        throw new IllegalStateException(
            "model %s had no memory for a window of %d views of %d x %d: %s"
                .formatted(contract.id(), s, grid.width(), grid.height(), e.getMessage()),
            e);
      }
      throw failed(window, e);
    } catch (IllegalArgumentException e) {
      throw failed(window, e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private InferenceFailed failed(WindowTensor window, Exception e) {
    return new InferenceFailed(
        "model %s failed on a window of %d views of %d x %d: %s"
            .formatted(
                contract.id(),
                window.views(),
                window.bucket().width(),
                window.bucket().height(),
                e.getMessage()),
        e);
  }

  /** ONNX Runtime has no code for it; these are the words of its allocators. */
  private static boolean isShortOfMemory(OrtException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("bad_alloc")
        || message.contains("Failed to allocate memory")
        || message.contains("out of memory");
  }

  private OnnxTensor tensor(FloatBuffer values, long[] shape) throws OrtException {
    return OnnxTensor.createTensor(environment, values, shape);
  }

  private float[] output(OrtSession.Result result, Role role) {
    String name = contract.output(role);
    OnnxTensor tensor =
        (OnnxTensor)
            result
                .get(name)
                .orElseThrow(() -> new IllegalArgumentException("no output '" + name + "'"));
    FloatBuffer values = tensor.getFloatBuffer();
    float[] copy = new float[values.remaining()];
    values.get(copy);
    return copy;
  }

  private static Map<String, ModelInterface.Tensor> tensors(Map<String, NodeInfo> nodes) {
    Map<String, ModelInterface.Tensor> tensors = new HashMap<>();
    nodes.forEach(
        (name, node) -> {
          if (node.getInfo() instanceof TensorInfo info) {
            List<Long> shape = Arrays.stream(info.getShape()).boxed().toList();
            String dtype =
                info.type == OnnxJavaType.FLOAT
                    ? "float32"
                    : info.type.name().toLowerCase(Locale.ROOT);
            tensors.put(name, new ModelInterface.Tensor(dtype, shape));
          }
        });
    return tensors;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("the ONNX session does not close: " + e.getMessage(), e);
    }
  }
}
