package io.lite3r.fusion.align;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.geometry.Sim3;
import java.util.List;

/**
 * Trusts shared cameras before depth: rotation is the mean of what the shared cameras ask for,
 * scale the median ratio of depth, of measured corners and of all pixels, each by how far it is to
 * be trusted, translation brings the cameras' centres together. A network's errors in depth bend
 * over the image and would turn a fit of points; its camera poses do not.
 */
public final class PoseAnchored implements Aligner {
  /** A median of fewer pixels is luck. */
  static final int FEWEST_PAIRS = 100;

  /**
   * How far the median of pixels is wrong: depth without corners about it is still the model's.
   * With depth refined, pixels mend the scale where corners contradict each other (rgbd-kitchen),
   * and must not outvote them where they agree (stereo-street, much of which is sky).
   */
  private static final double PIXELS_SIGMA = 0.03;

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
    ScaleEstimate pixels =
        new ScaleEstimate(
            Quantile.weightedMedian(pairs.logRatio, pairs.weight, pairs.count), PIXELS_SIGMA);
    ScaleEstimate corners = CornerScale.of(shared);
    double scale = Math.exp((corners == null ? pixels : corners.with(pixels)).log());
    return SharedCameras.place(shared, scale, SharedCameras.rotation(shared));
  }
}
