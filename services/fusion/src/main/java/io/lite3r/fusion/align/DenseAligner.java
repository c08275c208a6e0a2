package io.lite3r.fusion.align;

import java.util.List;

/**
 * Fits the points of the shared views' pixels and nothing else, as DA3-Streaming and VGGT-Long do,
 * with a loss scaled by the residuals instead of by an absolute length. Kept to be compared with:
 * curved depth errors turn it ({@link PoseAnchored}).
 */
public final class DenseAligner implements Aligner {
  @Override
  public String name() {
    return "dense";
  }

  @Override
  public Alignment align(List<SharedView> shared) {
    DepthPairs pairs = DepthPairs.of(shared);
    if (pairs.count < PoseAnchored.FEWEST_PAIRS) {
      return new Alignment.Unaligned(
          "only %d pixels of the %d shared views have depth on both sides"
              .formatted(pairs.count, shared.size()));
    }
    RobustFit fit;
    try {
      fit = RobustFit.of(pairs.submap, pairs.scene, pairs.weight, pairs.count);
    } catch (ArithmeticException e) {
      return new Alignment.Unaligned("the shared points give no similarity: " + e.getMessage());
    }
    if (fit.flatness() < SimilarityFit.LINE) {
      return new Alignment.Unaligned("the shared points lie on a line; no rotation can be told");
    }
    return new Alignment.Aligned(
        fit.targetFromSource(), Measured.of(name(), shared, pairs, fit.targetFromSource()));
  }
}
