package io.lite3r.fusion.align;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.geometry.Sim3;
import java.util.List;

/**
 * Trusts shared cameras before depth: rotation is the mean of what the shared cameras ask for,
 * scale the median ratio of depth, of measured corners when there are enough and else of the
 * model's pixels, translation brings the cameras' centres together. A network's errors in depth
 * bend over the image and would turn a fit of points; its camera poses do not.
 */
public final class PoseAnchored implements Aligner {
  /** A median of fewer pixels is luck. */
  static final int FEWEST_PAIRS = 100;

  @Override
  public String name() {
    return "pose-anchored";
  }

  @Override
  public Alignment align(List<SharedView> shared) {
    DepthPairs pairs = DepthPairs.of(shared);
    if (pairs.count < FEWEST_PAIRS) {
      return new Alignment.Unaligned(
          "only %d pixels of the %d shared views have depth on both sides; no scale can be told"
              .formatted(pairs.count, shared.size()));
    }
    Sim3 place = place(shared, pairs);
    return new Alignment.Aligned(place, Measured.of(name(), shared, pairs, place));
  }

  static Sim3 place(List<SharedView> shared, DepthPairs pairs) {
    double scale =
        CornerScale.of(shared)
            .orElseGet(
                () -> Math.exp(Quantile.weightedMedian(pairs.logRatio, pairs.weight, pairs.count)));
    return SharedCameras.place(shared, scale, SharedCameras.rotation(shared));
  }
}
