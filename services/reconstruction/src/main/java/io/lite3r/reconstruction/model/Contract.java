package io.lite3r.reconstruction.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model promises (schemas/model-contract.schema.json), as far as serving needs it.
 *
 * @param sha256 of student.onnx, lower-case hex
 * @param maxBatch windows of one shape that pass the model at once; with more than 1, every input
 *     and output has a first dimension B
 * @param imageInput name of the input [S, 3, H, W], RGB in 0..1, normalised inside the model
 * @param focalHintInput name of the input [S, 2] of known focal lengths as fx / width and fy /
 *     height, 0 = unknown; null when the model has none
 * @param takesRatio whether negative focal lengths tell the model their ratio alone
 * @param outputs the name of the output for each role
 */
public record Contract(
    String version,
    String id,
    String sha256,
    Precision precision,
    int minViews,
    int maxViews,
    int maxBatch,
    List<Bucket> buckets,
    String imageInput,
    @Nullable String focalHintInput,
    boolean takesRatio,
    Map<Role, String> outputs,
    FocalConvention focalConvention) {
  private static final int USUAL_VIEWS = 6;

  public Contract {
    if (minViews < 1 || maxViews < minViews) {
      throw new IllegalArgumentException(
          "contract of %s: views.min %d and views.max %d leave no window size; 1 <= min <= max is needed"
              .formatted(id, minViews, maxViews));
    }
    if (maxBatch < 1) {
      throw new IllegalArgumentException(
          "contract of %s: batch.max is %d, at least one window must pass".formatted(id, maxBatch));
    }
    if (buckets.isEmpty()) {
      throw new IllegalArgumentException("contract of %s: it names no bucket".formatted(id));
    }
    EnumSet<Role> missing = EnumSet.allOf(Role.class);
    missing.removeAll(outputs.keySet());
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "contract of %s: no output for %s; every role needs exactly one".formatted(id, missing));
    }
    buckets = List.copyOf(buckets);
    outputs = Map.copyOf(outputs);
  }

  /** Views of a usual window; a runtime reserves memory for what it has met. */
  public int usualViews() {
    return Math.clamp(USUAL_VIEWS, minViews, maxViews);
  }

  /** Whether inputs and outputs have a first dimension for windows. */
  public boolean isBatched() {
    return maxBatch > 1;
  }

  /** The name of the output for that role. */
  public String output(Role role) {
    String name = outputs.get(role);
    if (name == null) {
      throw new IllegalStateException("the constructor lets no contract without " + role);
    }
    return name;
  }
}
