package io.lite3r.fusion.align;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.AlignmentQuality;
import java.util.List;

/** How good a placement is, measured the same way whoever found it. */
final class Measured {
  /** Depths that differ by less than this ratio agree. */
  private static final double AGREE = Math.log(1.1);

  private Measured() {}

  static AlignmentQuality of(
      String method, List<SharedView> shared, DepthPairs pairs, Sim3 place, String degenerate) {
    double logScale = Math.log(place.scale());
    double[] gap = new double[pairs.count];
    int agree = 0;
    for (int i = 0; i < pairs.count; i++) {
      gap[i] = Math.abs(pairs.logRatio[i] - logScale);
      if (gap[i] < AGREE) {
        agree++;
      }
    }
    double depth = medianDepth(shared);
    return new AlignmentQuality(
        method,
        shared.size(),
        (double) agree / Math.max(1, pairs.count),
        pairs.count == 0 ? 0 : Quantile.median(gap, gap.length),
        place.scale() / shared.getLast().sceneFromPlaced().scale(),
        SharedCameras.spreadDeg(shared, place.rotation()),
        SharedCameras.centreRms(shared, place) / depth,
        degenerate);
  }

  private static double medianDepth(List<SharedView> shared) {
    SharedView view = shared.getLast();
    float[] depth = view.placed().depth().clone();
    return Math.max(1e-12, Quantile.of(depth, depth.length, 0.5) * view.sceneFromPlaced().scale());
  }
}
