package io.lite3r.fusion.tsdf;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Sim3;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Adds depth views to a volume. The views of one window are added together: the blocks the window
 * touches are those any of its views touches, and each view adds to all of them, as surface or as
 * free space in front of one (so the views of a window carve each other's errors).
 *
 * <p>Everything that enters a voxel is an integer, so threads and order leave no trace.
 */
public final class Integrator {
  private static final int BLOCKS_PER_PIECE = 16;

  private static final ThreadLocal<BlockStep> STEP = ThreadLocal.withInitial(BlockStep::new);

  private final Parallel parallel;
  private final VolumeMemory memory;
  private final List<long[]> observed = new ArrayList<>();

  /** Its volumes stay in memory. */
  public Integrator(Parallel parallel) {
    this(parallel, VolumeMemory.UNBOUNDED);
  }

  /**
   * @param memory what a volume of {@link #newVolume} may take
   */
  public Integrator(Parallel parallel, VolumeMemory memory) {
    this.parallel = parallel;
    this.memory = memory;
  }

  /** An empty volume. */
  public Volume newVolume(double voxelSize, int truncationVoxels) {
    return new Volume(voxelSize, truncationVoxels, memory);
  }

  /**
   * A window's views in the scene, each pixel weighted by the gate. They are good until this is
   * asked again, since their pixels are written into the same memory.
   */
  public List<ObservedView> observe(DepthGate gate, List<SubmapView> views, Sim3 sceneFromSubmap) {
    return gate.observe(views, sceneFromSubmap, parallel, observed);
  }

  /**
   * Adds the views of one window.
   *
   * @return for each view, how many voxels it gave weight to
   */
  public long[] integrate(Volume volume, List<ObservedView> views) {
    return apply(volume, views, 1);
  }

  /** Takes out the views of one window that was added exactly so before. */
  public void remove(Volume volume, List<ObservedView> views) {
    apply(volume, views, -1);
  }

  private long[] apply(Volume volume, List<ObservedView> views, int sign) {
    BlockSet touched = TouchedBlocks.of(views, volume.voxelSize(), volume.truncation(), parallel);
    bringBack(volume, touched);
    Block[] blocks = new Block[touched.size()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = volume.findOrAdd(touched.get(i));
    }
    AtomicLongArray voxels = new AtomicLongArray(views.size());
    List<ViewProjection> projections =
        views.stream()
            .map(view -> new ViewProjection(view, volume.voxelSize(), volume.truncation()))
            .toList();
    parallel.forEach(
        blocks.length,
        BLOCKS_PER_PIECE,
        (from, to) -> {
          BlockStep step = STEP.get();
          for (int v = 0; v < projections.size(); v++) {
            ViewProjection projection = projections.get(v);
            long changed = 0;
            for (int i = from; i < to; i++) {
              changed += projection.addTo(blocks[i], sign, step);
            }
            voxels.addAndGet(v, changed);
          }
        });
    for (Block block : blocks) {
      if (block.changed) {
        volume.note(block);
      }
    }
    volume.keepToBudget();
    long[] counts = new long[views.size()];
    for (int v = 0; v < counts.length; v++) {
      counts[v] = voxels.get(v);
    }
    return counts;
  }

  private void bringBack(Volume volume, BlockSet touched) {
    if (volume.isInMemory()) {
      return;
    }
    Set<TileId> wanted = new HashSet<>();
    for (int i = 0; i < touched.size(); i++) {
      wanted.add(TileId.ofBlock(touched.get(i)));
    }
    volume.bringBack(wanted, parallel);
  }
}
