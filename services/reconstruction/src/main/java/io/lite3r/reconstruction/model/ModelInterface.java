package io.lite3r.reconstruction.model;

import java.util.List;
import java.util.Map;

/**
 * What the loaded model really takes and gives: tensors by name.
 *
 * @param inputs all of them must be fed
 * @param outputs those that are not asked for are not computed for us
 */
public record ModelInterface(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
  public ModelInterface {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
  }

  /**
   * One tensor.
   *
   * @param dtype such as float32
   * @param shape -1 where the dimension is free
   */
  public record Tensor(String dtype, List<Long> shape) {
    public Tensor {
      shape = List.copyOf(shape);
    }
  }
}
