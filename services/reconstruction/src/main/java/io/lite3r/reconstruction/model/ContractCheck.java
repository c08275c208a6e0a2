package io.lite3r.reconstruction.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares a model with its contract before the first window, so that a stranger is refused at
 * start instead of answering nonsense all day.
 */
public final class ContractCheck {
  private static final String CURE =
      "Export student.onnx and contract.json together, or copy the folder as a whole.";
  private static final long FREE = -1;

  private ContractCheck() {}

  /**
   * Is it the very file? Asked before the file is parsed.
   *
   * @param name of the file
   * @param promised SHA-256 in the contract, lower-case hex
   * @param found SHA-256 of the file at hand
   */
  public static void requireFile(Contract contract, String name, String promised, String found) {
    if (!promised.equals(found)) {
      throw new StrangerModel(
          "model %s: %s has sha256 %s, its contract.json describes %s. %s"
              .formatted(contract.id(), name, found, promised, CURE));
    }
  }

  /** Does it take and give what was promised? */
  public static void requireInterface(Contract contract, ModelInterface model) {
    List<String> faults = new ArrayList<>();
    Set<String> promisedInputs = new TreeSet<>(List.of(contract.imageInput()));
    if (contract.focalHintInput() != null) {
      promisedInputs.add(contract.focalHintInput());
    }
    if (!promisedInputs.equals(model.inputs().keySet())) {
      faults.add(
          "its inputs are %s, the contract promises %s"
              .formatted(new TreeSet<>(model.inputs().keySet()), promisedInputs));
    }
    checkImages(contract, model, faults);
    if (contract.focalHintInput() != null) {
      checkTensor(
          "input",
          contract.focalHintInput(),
          model.inputs().get(contract.focalHintInput()),
          2 + batchRank(contract),
          faults);
    }
    for (Role role : Role.values()) {
      String name = contract.output(role);
      checkTensor(
          "output",
          name,
          model.outputs().get(name),
          role.rank(contract.focalConvention()) + batchRank(contract),
          faults);
    }
    if (!faults.isEmpty()) {
      throw new StrangerModel(
          "model %s is not what its contract.json promises: %s. %s"
              .formatted(contract.id(), String.join("; ", faults), CURE));
    }
  }

  private static void checkImages(Contract contract, ModelInterface model, List<String> faults) {
    ModelInterface.Tensor images = model.inputs().get(contract.imageInput());
    int first = batchRank(contract);
    checkTensor("input", contract.imageInput(), images, first + 4, faults);
    if (images == null || images.shape().size() != first + 4) {
      return;
    }
    if (contract.isBatched() && images.shape().getFirst() != FREE) {
      faults.add(
          "input '%s' takes exactly %d windows at once; its first dimension must be free"
              .formatted(contract.imageInput(), images.shape().getFirst()));
    }
    List<Long> shape = images.shape().subList(first, first + 4); // S 3 H W
    if (!fits(shape.get(1), 3)) {
      faults.add(
          "input '%s' has %d channels, not 3".formatted(contract.imageInput(), shape.get(1)));
    }
    for (Bucket bucket : contract.buckets()) {
      if (!fits(shape.get(2), bucket.height()) || !fits(shape.get(3), bucket.width())) {
        faults.add(
            "input '%s' takes images of %s and not the bucket %d x %d (height x width)"
                .formatted(
                    contract.imageInput(), shape.subList(2, 4), bucket.height(), bucket.width()));
      }
    }
    long views = shape.getFirst();
    if (views != FREE && (views != contract.minViews() || views != contract.maxViews())) {
      faults.add(
          "input '%s' takes exactly %d views, the contract promises %d to %d"
              .formatted(contract.imageInput(), views, contract.minViews(), contract.maxViews()));
    }
  }

  /** Dimensions before those of one window. */
  private static int batchRank(Contract contract) {
    return contract.isBatched() ? 1 : 0;
  }

  private static void checkTensor(
      String kind,
      String name,
      ModelInterface.@Nullable Tensor tensor,
      int rank,
      List<String> faults) {
    if (tensor == null) {
      faults.add("it has no %s '%s'".formatted(kind, name));
    } else if (!tensor.dtype().equals("float32")) {
      faults.add("%s '%s' is %s, not float32".formatted(kind, name, tensor.dtype()));
    } else if (tensor.shape().size() != rank) {
      faults.add(
          "%s '%s' has shape %s, %d dimensions are promised"
              .formatted(kind, name, tensor.shape(), rank));
    }
  }

  private static boolean fits(long actual, long promised) {
    return actual == FREE || actual == promised;
  }
}
