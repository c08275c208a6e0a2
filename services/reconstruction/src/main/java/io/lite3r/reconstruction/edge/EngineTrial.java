package io.lite3r.reconstruction.edge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.LayerInformationFormat;
import org.bytedeco.tensorrt.global.nvinfer.TensorIOMode;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.ICudaEngine;
import org.bytedeco.tensorrt.nvinfer.IExecutionContext;
import org.bytedeco.tensorrt.nvinfer.IRuntime;

/**
 * An engine run by TensorRT itself, without ONNX Runtime and without copies to and from the host:
 * how long it takes, of which layers it consists and where the time goes. All its inputs and
 * outputs are float32.
 */
final class EngineTrial {
  private static final int WARM_UP = 3;
  private static final int TO_DEVICE = 1; // cudaMemcpyHostToDevice

  private final TensorRt tensorRt;
  private final ICudaEngine engine;
  private final IExecutionContext context;
  private final CUstream_st stream = new CUstream_st();

  EngineTrial(TensorRt tensorRt, byte[] bytes) {
    this.tensorRt = tensorRt;
    IRuntime runtime =
        tensorRt.required(nvinfer.createInferRuntime(tensorRt.messages()), "makes no runtime");
    BytePointer plan = new BytePointer(bytes);
    engine =
        tensorRt.required(
            runtime.deserializeCudaEngine(plan, bytes.length), "does not load the engine");
    context = tensorRt.required(engine.createExecutionContext(), "makes no context");
    plan.close();
    Random random = new Random(1);
    check(cudart.cudaStreamCreate(stream));
    for (int i = 0; i < engine.getNbIOTensors(); i++) {
      String name = engine.getIOTensorName(i);
      Dims64 shape = context.getTensorShape(name);
      long numbers = 1;
      for (int d = 0; d < shape.nbDims(); d++) {
        numbers *= shape.d(d);
      }
      Pointer memory = new Pointer();
      check(cudart.cudaMalloc(memory, numbers * Float.BYTES));
      if (engine.getTensorIOMode(name).value == TensorIOMode.kINPUT.value) {
        float[] values = new float[Math.toIntExact(numbers)];
        for (int v = 0; v < values.length; v++) {
          values[v] = random.nextFloat();
        }
        try (FloatPointer host = new FloatPointer(values)) {
          check(cudart.cudaMemcpy(memory, host, numbers * Float.BYTES, TO_DEVICE));
        }
      }
      context.setTensorAddress(name, memory);
    }
  }

  /** Layers with precision, kernel and shapes, as JSON that TensorRT writes. */
  String layers() {
    return tensorRt
        .required(engine.createEngineInspector(), "makes no inspector")
        .getEngineInformation(LayerInformationFormat.kJSON);
  }

  /** Milliseconds of each of so many runs between two events, sorted. */
  double[] milliseconds(int runs) {
    CUevent_st start = new CUevent_st();
    CUevent_st end = new CUevent_st();
    check(cudart.cudaEventCreate(start));
    check(cudart.cudaEventCreate(end));
    double[] times = new double[runs];
    float[] elapsed = new float[1];
    for (int i = -WARM_UP; i < runs; i++) {
      check(cudart.cudaEventRecord(start, stream));
      enqueue();
      check(cudart.cudaEventRecord(end, stream));
      check(cudart.cudaEventSynchronize(end));
      check(cudart.cudaEventElapsedTime(elapsed, start, end));
      if (i >= 0) {
        times[i] = elapsed[0];
      }
    }
    Arrays.sort(times);
    return times;
  }

  /** Milliseconds of every layer, a mean over runs; together more than a run without a clock. */
  List<Map<String, Object>> layerTimes(int runs) {
    try (LayerTimes times = new LayerTimes()) {
      context.setProfiler(times.profiler());
      for (int i = 0; i < runs; i++) {
        enqueue();
        check(cudart.cudaStreamSynchronize(stream));
      }
      context.setProfiler(null);
      List<Map<String, Object>> rows = new ArrayList<>();
      times
          .milliseconds()
          .forEach(
              (name, ms) -> {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("name", name);
                row.put("ms", ms / runs);
                rows.add(row);
              });
      return rows;
    }
  }

  private void enqueue() {
    if (!context.enqueueV3(stream)) {
      throw new IllegalStateException("TensorRT does not run the engine");
    }
  }

  private static void check(int status) {
    if (status != 0) {
      throw new IllegalStateException(
          "the GPU fails: " + cudart.cudaGetErrorString(status).getString());
    }
  }
}
