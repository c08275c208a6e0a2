package io.lite3r.reconstruction.edge;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.lite3r.reconstruction.OutOfMemory;
import io.lite3r.reconstruction.Reconstructor;
import io.lite3r.reconstruction.batch.BatchReconstructor;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.model.ContractCheck;
import io.lite3r.reconstruction.model.ModelInterface;
import io.lite3r.reconstruction.model.Role;
import io.lite3r.reconstruction.model.StrangerModel;
import io.lite3r.reconstruction.prediction.Prediction;
import io.lite3r.reconstruction.window.WindowTensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The network in an ONNX Runtime session. One call at a time: it uses all threads. */
public final class OnnxReconstructor implements Reconstructor, BatchReconstructor, AutoCloseable {
  private final Contract contract;
  private final OnnxSession onnx;
  private volatile BatchTimes times = (windows, copyNs, runNs) -> {};
  private final Set<String> requested = new HashSet<>();

  /** Told of every batch that has passed. */
  @FunctionalInterface
  public interface BatchTimes {
    /**
     * @param copyNs stacking inputs and reading outputs on the host
     * @param runNs the network; on a GPU the copies to and from it are in here
     */
    void passed(int windows, long copyNs, long runNs);
  }

  /** On the CPU. */
  public OnnxReconstructor(ModelFolder model, int threads) {
    this(model, List.of(Provider.CPU), threads);
  }

  /**
   * Loads the model and holds it against its contract.
   *
   * @param candidates providers, the first that loads is taken
   * @param threads that one inference may use
   * @throws StrangerModel when the model is not what its contract promises, or cannot be loaded
   * @throws IllegalStateException when none of the providers loads
   */
  public OnnxReconstructor(ModelFolder model, List<Provider> candidates, int threads) {
    this(model, candidates, threads, Engines.inFolder(Engines.usualFolder(), Engines.USUAL_LEVEL));
  }

  /**
   * As above.
   *
   * @param engines where TensorRT's engines come from
   */
  public OnnxReconstructor(
      ModelFolder model, List<Provider> candidates, int threads, Engines engines) {
    this.contract = model.contract();
    for (Role role : Role.values()) {
      requested.add(contract.output(role));
    }
    onnx = OnnxSession.open(model, candidates, threads, engines);
    if (!onnx.takesAnySize()) {
      return; // TensorRt held the graph against the contract when it built the engine
    }
    try {
      ContractCheck.requireInterface(
          contract,
          new ModelInterface(
              tensors(onnx.first().getInputInfo()), tensors(onnx.first().getOutputInfo())));
    } catch (OrtException | StrangerModel e) {
      close();
      throw e instanceof StrangerModel stranger
          ? stranger
          : new StrangerModel("model %s does not say what it takes".formatted(contract.id()), e);
    }
  }

  /** Tells of every batch from now on. */
  void tell(BatchTimes listener) {
    times = listener;
  }

  /** Where it runs. */
  public Provider provider() {
    return onnx.provider();
  }

  /** Why better providers were passed over, each as {@code name: reason}. */
  public List<String> passedOver() {
    return onnx.passedOver();
  }

  @Override
  public Prediction run(WindowTensor window) throws InferenceFailed, OutOfMemory {
    return run(List.of(window)).getFirst();
  }

  @Override
  public synchronized List<Prediction> run(List<WindowTensor> windows)
      throws InferenceFailed, OutOfMemory {
    long start = System.nanoTime();
    try (BatchTensors inputs = new BatchTensors(contract, windows)) {
      OrtSession session = onnx.of(windows.getFirst());
      long stacked = System.nanoTime();
      try (OrtSession.Result result = session.run(inputs.byName(), requested)) {
        long ran = System.nanoTime();
        List<Prediction> predictions = predictions(result, windows);
        times.passed(windows.size(), stacked - start + System.nanoTime() - ran, ran - stacked);
        return predictions;
      }
    } catch (OrtException e) {
      if (isShortOfMemory(e)) {
        throw new OutOfMemory(said("had no memory for", windows, e), e);
      }
      throw new InferenceFailed(said("failed on", windows, e), e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new InferenceFailed(said("failed on", windows, e), e);
    } catch (OutOfMemoryError e) {
      // Of the memory outside the heap, where tensors are stacked.
      throw new OutOfMemory(said("had no memory for", windows, e), e);
    }
  }

  private List<Prediction> predictions(OrtSession.Result result, List<WindowTensor> windows) {
    List<Prediction> predictions = new ArrayList<>();
    FloatBuffer depth = output(result, Role.DEPTH);
    FloatBuffer confidence = output(result, Role.CONFIDENCE);
    FloatBuffer rotation = output(result, Role.ROTATION);
    FloatBuffer translation = output(result, Role.TRANSLATION);
    FloatBuffer focal = output(result, Role.FOCAL);
    for (int left = windows.size(); left > 0; left--) {
      WindowTensor window = windows.get(windows.size() - left);
      predictions.add(
          new Prediction(
              window.views(),
              window.bucket(),
              next(depth, left),
              next(confidence, left),
              next(rotation, left),
              next(translation, left),
              next(focal, left),
              contract.focalConvention()));
    }
    return predictions;
  }

  /** The next window's part of an output that holds so many more. */
  private static float[] next(FloatBuffer output, int windows) {
    float[] part = new float[output.remaining() / windows];
    output.get(part);
    return part;
  }

  private String said(String what, List<WindowTensor> windows, Throwable e) {
    WindowTensor first = windows.getFirst();
    return "model %s %s %s of %d views of %d x %d: %s"
        .formatted(
            contract.id(),
            what,
            windows.size() == 1 ? "a window" : windows.size() + " windows",
            first.views(),
            first.bucket().width(),
            first.bucket().height(),
            e.getMessage());
  }

  /** ONNX Runtime has no code for it; these are the words of its allocators. */
  static boolean isShortOfMemory(OrtException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("bad_alloc")
        || message.contains("Failed to allocate memory")
        || message.contains("out of memory");
  }

  private FloatBuffer output(OrtSession.Result result, Role role) {
    String name = contract.output(role);
    OnnxTensor tensor =
        (OnnxTensor)
            result
                .get(name)
                .orElseThrow(() -> new IllegalArgumentException("no output '" + name + "'"));
    return tensor.getFloatBuffer();
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
  public synchronized void close() {
    try {
      onnx.close();
    } catch (OrtException e) {
      throw new IllegalStateException("the ONNX session does not close: " + e.getMessage(), e);
    }
  }
}
