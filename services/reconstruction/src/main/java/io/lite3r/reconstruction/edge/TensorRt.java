package io.lite3r.reconstruction.edge;

import io.lite3r.reconstruction.engine.EngineBuilder;
import io.lite3r.reconstruction.engine.EngineKey;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.model.Role;
import io.lite3r.reconstruction.model.StrangerModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.NetworkDefinitionCreationFlag;
import org.bytedeco.tensorrt.global.nvinfer.OptProfileSelector;
import org.bytedeco.tensorrt.global.nvinfer.ProfilingVerbosity;
import org.bytedeco.tensorrt.global.nvinfer.TacticSource;
import org.bytedeco.tensorrt.global.nvonnxparser;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.ILogger;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IOptimizationProfile;
import org.bytedeco.tensorrt.nvinfer.ITensor;
import org.bytedeco.tensorrt.nvonnxparser.IParser;

/**
 * TensorRT as a compiler: a model's graph in, an engine for the first GPU out. The network is
 * strongly typed, so that FP8 is where the graph says so: ONNX Runtime's own TensorRT engines are
 * not and leave FP8 out (docs/adr/0029). One instance builds for one model.
 *
 * <p>What TensorRT allocates for a build it keeps until the process ends.
 */
final class TensorRt implements EngineBuilder {
  static {
    // The libraries in the GPU folder, not copies out of jars; and no limit that knows nothing of
    // the memory TensorRT takes by itself. Read when JavaCPP is first used.
    System.setProperty("org.bytedeco.javacpp.pathsFirst", "true");
    System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
    System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
  }

  private static final org.jboss.logging.Logger LOG =
      org.jboss.logging.Logger.getLogger(TensorRt.class);

  private final ModelFolder model;
  private final int level;
  private final Gpu gpu;
  private final String version;

  /** TensorRT calls it from its own threads for as long as it lives. */
  private final Messages messages;

  /**
   * @param name the driver's name of the GPU
   * @param architecture its compute capability without the dot, such as 90
   */
  record Gpu(String name, String architecture) {}

  /**
   * Loads the libraries.
   *
   * @param level 0 to 5: how many ways of computing each layer are tried; more is slower to build
   * @throws IllegalStateException when there is no GPU, or its libraries do not load
   */
  TensorRt(ModelFolder model, int level) {
    this.model = model;
    this.level = level;
    try {
      gpu = firstGpu();
      messages = new Messages();
      version =
          "%d.%d.%d"
              .formatted(
                  nvinfer.getInferLibMajorVersion(),
                  nvinfer.getInferLibMinorVersion(),
                  nvinfer.getInferLibPatchVersion());
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "TensorRT's libraries do not load: %s. Start with --gpu, which assembles them"
              .formatted(e.getMessage()),
          e);
    }
  }

  Gpu gpu() {
    return gpu;
  }

  String version() {
    return version;
  }

  ILogger messages() {
    return messages;
  }

  private static Gpu firstGpu() {
    cudaDeviceProp properties = new cudaDeviceProp();
    int status = cudart.cudaGetDeviceProperties(properties, 0);
    if (status != 0) {
      throw new IllegalStateException(
          "no GPU answers: %s. nvidia-smi says what the driver sees"
              .formatted(cudart.cudaGetErrorString(status).getString()));
    }
    return new Gpu(
        properties.name().getString(), "%d%d".formatted(properties.major(), properties.minor()));
  }

  @Override
  public byte[] build(EngineKey key) {
    long start = System.nanoTime();
    Contract contract = model.contract();
    LOG.infof(
        "building an engine of %s for %d views of %d x %d on %s, TensorRT %s, level %d: this takes minutes",
        contract.id(),
        key.views(),
        key.bucket().width(),
        key.bucket().height(),
        gpu.name(),
        version,
        level);
    IBuilder builder = required(nvinfer.createInferBuilder(messages), "makes no builder");
    INetworkDefinition network =
        required(
            builder.createNetworkV2(1 << NetworkDefinitionCreationFlag.kSTRONGLY_TYPED.value),
            "makes no network");
    IParser parser = required(nvonnxparser.createParser(network, messages), "makes no parser");
    if (!parser.parseFromFile(model.onnx().toString(), ILogger.Severity.kWARNING.value)) {
      throw new StrangerModel(
          "TensorRT cannot read %s: %s. Export it with ./lite3r student engine-graph"
              .formatted(model.onnx(), faults(parser)));
    }
    requireInterface(contract, network);
    LOG.infof("read after %.1f s: %d layers", seconds(start), network.getNbLayers());
    IBuilderConfig config = required(builder.createBuilderConfig(), "makes no configuration");
    config.setBuilderOptimizationLevel(level);
    config.setProfilingVerbosity(ProfilingVerbosity.kDETAILED); // layers can be asked for later
    config.setTacticSources(
        1 << TacticSource.kEDGE_MASK_CONVOLUTIONS.value
            | 1 << TacticSource.kJIT_CONVOLUTIONS.value);
    fixShapes(builder, config, network, key);
    IHostMemory plan =
        required(builder.buildSerializedNetwork(network, config), "builds no engine");
    byte[] engine = new byte[Math.toIntExact(plan.size())];
    new BytePointer(plan.data()).capacity(plan.size()).get(engine);
    LOG.infof("engine of %.1f MB after %.1f s", engine.length / 1e6, seconds(start));
    return engine;
  }

  /** Where the graph leaves a dimension open, an engine knows exactly one size. */
  private void fixShapes(
      IBuilder builder, IBuilderConfig config, INetworkDefinition network, EngineKey key) {
    IOptimizationProfile profile = null;
    for (int i = 0; i < network.getNbInputs(); i++) {
      ITensor input = network.getInput(i);
      if (!isOpen(input.getDimensions())) {
        continue;
      }
      long[] wanted =
          input.getName().equals(model.contract().imageInput())
              ? new long[] {key.views(), 3, key.bucket().height(), key.bucket().width()}
              : new long[] {key.views(), 2};
      profile = profile == null ? builder.createOptimizationProfile() : profile;
      for (OptProfileSelector selector :
          List.of(OptProfileSelector.kMIN, OptProfileSelector.kOPT, OptProfileSelector.kMAX)) {
        profile.setDimensions(input.getName(), selector, dimensions(wanted));
      }
    }
    if (profile != null) {
      config.addOptimizationProfile(profile);
    }
  }

  private static boolean isOpen(Dims64 dimensions) {
    for (int i = 0; i < dimensions.nbDims(); i++) {
      if (dimensions.d(i) < 0) {
        return true;
      }
    }
    return false;
  }

  private static Dims64 dimensions(long[] sizes) {
    Dims64 dimensions = new Dims64().nbDims(sizes.length);
    for (int i = 0; i < sizes.length; i++) {
      dimensions.d(i, sizes[i]);
    }
    return dimensions;
  }

  /** The engine's names are the graph's, and the service asks for the contract's. */
  private static void requireInterface(Contract contract, INetworkDefinition network) {
    Set<String> promised = new TreeSet<>(Set.of(contract.imageInput()));
    if (contract.focalHintInput() != null) {
      promised.add(contract.focalHintInput());
    }
    for (Role role : Role.values()) {
      promised.add(contract.output(role));
    }
    Set<String> found = new TreeSet<>();
    for (int i = 0; i < network.getNbInputs(); i++) {
      found.add(network.getInput(i).getName());
    }
    for (int i = 0; i < network.getNbOutputs(); i++) {
      found.add(network.getOutput(i).getName());
    }
    if (!found.containsAll(promised) || found.size() != promised.size()) {
      throw new StrangerModel(
          "model %s has inputs and outputs %s, its contract promises %s"
              .formatted(contract.id(), found, promised));
    }
  }

  private static String faults(IParser parser) {
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < parser.getNbErrors(); i++) {
      faults.add(
          "%s (node %s, %s)"
              .formatted(
                  parser.getError(i).desc(),
                  parser.getError(i).nodeName(),
                  parser.getError(i).nodeOperator()));
    }
    return String.join("; ", faults);
  }

  /** TensorRT answers with null and has said why to its logger. */
  <T extends org.bytedeco.javacpp.Pointer> T required(T made, String otherwise) {
    if (made == null || made.isNull()) {
      throw new IllegalStateException(
          "TensorRT %s %s for %s: %s"
              .formatted(version, otherwise, model.contract().id(), messages.lastErrors()));
    }
    return made;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** TensorRT's log in ours; the errors are kept, since its calls only say that they failed. */
  static final class Messages extends ILogger {
    private static final int KEPT = 5;
    private final List<String> errors = new ArrayList<>();

    @Override
    public void log(Severity severity, String message) {
      // By number: what JavaCPP hands over is none of the enum's constants.
      if (severity.value <= Severity.kERROR.value) {
        keep(message);
        LOG.error("TensorRT: " + message);
      } else if (severity.value == Severity.kWARNING.value) {
        LOG.warn("TensorRT: " + message);
      } else if (severity.value == Severity.kINFO.value) {
        LOG.debug("TensorRT: " + message);
      }
    }

    private synchronized void keep(String message) {
      errors.add(message);
      if (errors.size() > KEPT) {
        errors.removeFirst();
      }
    }

    synchronized String lastErrors() {
      return errors.isEmpty() ? "it gave no reason" : String.join("; ", errors);
    }
  }
}
