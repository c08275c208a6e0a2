package io.lite3r.fusion.tsdf;

import org.jspecify.annotations.Nullable;

/**
 * How much memory a volume's voxels may take between two windows, and where the rest goes. Nothing
 * that a volume says of itself depends on it: neither voxels, nor surface, nor digest.
 *
 * @param budgetBytes the blocks of one window come on top while it is integrated
 * @param cold null: everything stays in memory, whatever the budget
 */
public record VolumeMemory(long budgetBytes, @Nullable ColdTiles cold) {
  /** Everything stays in memory. */
  public static final VolumeMemory UNBOUNDED = new VolumeMemory(Long.MAX_VALUE, null);
}
