package io.lite3r.reconstruction.edge;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.window.WindowTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Windows of one shape as the model's inputs; one window alone is passed without a copy. */
final class BatchTensors implements AutoCloseable {
  private final Map<String, OnnxTensor> byName = new HashMap<>();

  BatchTensors(Contract contract, List<WindowTensor> windows) throws OrtException {
    WindowTensor first = windows.getFirst();
    try {
      add(
          contract.imageInput(),
          stacked(windows, WindowTensor::images),
          shape(
              contract,
              windows,
              first.views(),
              3,
              first.bucket().height(),
              first.bucket().width()));
      if (contract.focalHintInput() != null) {
        add(
            contract.focalHintInput(),
            stacked(windows, WindowTensor::focalHint),
            shape(contract, windows, first.views(), 2));
      }
    } catch (OrtException e) {
      close();
      throw e;
    }
  }

  Map<String, OnnxTensor> byName() {
    return byName;
  }

  private void add(String name, FloatBuffer values, long[] shape) throws OrtException {
    byName.put(name, OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), values, shape));
  }

  private static FloatBuffer stacked(
      List<WindowTensor> windows, Function<WindowTensor, FloatBuffer> part) {
    if (windows.size() == 1) {
      return part.apply(windows.getFirst());
    }
    List<FloatBuffer> parts = windows.stream().map(part).toList();
    FloatBuffer all =
        ByteBuffer.allocateDirect(
                Float.BYTES * parts.stream().mapToInt(FloatBuffer::remaining).sum())
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    parts.forEach(all::put);
    return all.flip();
  }

  private static long[] shape(Contract contract, List<WindowTensor> windows, long... ofOne) {
    if (!contract.isBatched()) {
      return ofOne;
    }
    long[] shape = new long[ofOne.length + 1];
    shape[0] = windows.size();
    System.arraycopy(ofOne, 0, shape, 1, ofOne.length);
    return shape;
  }

  @Override
  public void close() {
    byName.values().forEach(OnnxTensor::close);
  }
}
