package io.lite3r.fusion.scene;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.fusion.submap.SubmapView;
import java.util.List;

/** The voxel size of a scene for which nobody chose one. */
final class VoxelSize {
  /**
   * Median depth over voxel size: about three depth pixels a voxel, and with the truncation of
   * {@link FusionRules#SERVED} a band of an eighth of the depth, so that windows which disagree by
   * as much as a small model errs still make one surface.
   */
  private static final int VOXELS_PER_DEPTH = 64;

  private VoxelSize() {}

  /** A fraction of the first window's median depth, submap units, which become the scene's. */
  static double of(List<SubmapView> views) {
    int total = views.stream().mapToInt(v -> v.depth().length).sum();
    float[] depths = new float[total];
    int count = 0;
    for (SubmapView view : views) {
      for (float depth : view.depth()) {
        if (depth > 0) {
          depths[count++] = depth;
        }
      }
    }
    return count == 0 ? 0.01 : (double) Quantile.of(depths, count, 0.5) / VOXELS_PER_DEPTH;
  }
}
