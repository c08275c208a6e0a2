package io.lite3r.fusion.scene;

import io.lite3r.fusion.align.Aligner;
import io.lite3r.fusion.align.PoseAnchored;
import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.tsdf.DepthGate;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The choices that make a scene what it is; two fusions with the same rules build the same scene.
 *
 * @param refined whether poses and cameras are made better before a window is placed
 * @param aligner places windows
 * @param gate weighs depth
 * @param voxelSize edge of a voxel, scene units; empty: chosen from the first fused window
 * @param truncationVoxels where distances are cut off, voxels
 * @param loops how places are found again; null: nobody looks for loops
 */
public record FusionRules(
    boolean refined,
    Aligner aligner,
    DepthGate gate,
    OptionalDouble voxelSize,
    int truncationVoxels,
    @Nullable LoopRules loops) {
  public static final FusionRules SERVED =
      new FusionRules(true, new PoseAnchored(), DepthGate.SERVED, OptionalDouble.empty(), 8);

  /** Without loops. */
  public FusionRules(
      boolean refined,
      Aligner aligner,
      DepthGate gate,
      OptionalDouble voxelSize,
      int truncationVoxels) {
    this(refined, aligner, gate, voxelSize, truncationVoxels, null);
  }

  /** The same rules with another voxel size. */
  public FusionRules withVoxelSize(OptionalDouble size) {
    return new FusionRules(refined, aligner, gate, size, truncationVoxels, loops);
  }

  /** The same rules with loops found by others. */
  public FusionRules withLoops(@Nullable LoopRules found) {
    return new FusionRules(refined, aligner, gate, voxelSize, truncationVoxels, found);
  }
}
