package io.lite3r.fusion.tsdf;

import io.lite3r.geometry.Intrinsics;
import java.util.List;

/**
 * The blocks a view touches: those its rays cross within a truncation length of the depth they
 * measured. A function of the view and its pose alone, never of what the volume holds, so that
 * every order of insertion touches the same blocks.
 */
final class TouchedBlocks {
  /** Rays are taken this many voxels apart at most, a quarter of a block. */
  private static final double SPACING_VOXELS = 2;

  /** A view's rows of rays are looked at in so many pieces. */
  private static final int BANDS = 8;

  private TouchedBlocks() {}

  /** The blocks that any of the views touches, in an order that threads leave no trace in. */
  static BlockSet of(
      List<ObservedView> views, double voxelSize, double truncation, Parallel parallel) {
    int[] strides = views.stream().mapToInt(view -> stride(view, voxelSize)).toArray();
    BlockSet[] bands = new BlockSet[views.size() * BANDS];
    parallel.forEach(
        bands.length,
        1,
        (from, to) -> {
          for (int band = from; band < to; band++) {
            int v = band / BANDS;
            bands[band] = band(views.get(v), strides[v], band % BANDS, voxelSize, truncation);
          }
        });
    BlockSet all = new BlockSet();
    for (BlockSet band : bands) {
      all.addAll(band);
    }
    return all;
  }

  private static BlockSet band(
      ObservedView view, int stride, int band, double voxelSize, double truncation) {
    BlockSet blocks = new BlockSet();
    Intrinsics k = view.intrinsics();
    int width = k.width();
    int rows = (k.height() - stride / 2 + stride - 1) / stride;
    double[] r = view.sceneFromCamera().rotation().matrix();
    double perBlock = 1 / (Block.EDGE * voxelSize);
    double cx = view.sceneFromCamera().translation().x() * perBlock;
    double cy = view.sceneFromCamera().translation().y() * perBlock;
    double cz = view.sceneFromCamera().translation().z() * perBlock;
    long[] pixels = view.pixels();
    // Half a block along z; a ray is at most about twice as long, and its neighbours fill in.
    int steps = (int) Math.ceil(2 * truncation / (voxelSize * Block.EDGE / 4));
    for (int row = rows * band / BANDS; row < rows * (band + 1) / BANDS; row++) {
      int v = stride / 2 + row * stride;
      double ry = (v + 0.5 - k.cy()) / k.fy();
      for (int u = stride / 2; u < width; u += stride) {
        long pixel = pixels[v * width + u];
        if (ObservedView.weight(pixel) == 0) {
          continue;
        }
        double rx = (u + 0.5 - k.cx()) / k.fx();
        double dx = (r[0] * rx + r[1] * ry + r[2]) * perBlock;
        double dy = (r[3] * rx + r[4] * ry + r[5]) * perBlock;
        double dz = (r[6] * rx + r[7] * ry + r[8]) * perBlock;
        double depth = ObservedView.depth(pixel);
        long last = -1;
        for (int s = 0; s <= steps; s++) {
          double z = depth + truncation * (2.0 * s / steps - 1);
          int bx = (int) Math.floor(cx + dx * z);
          int by = (int) Math.floor(cy + dy * z);
          int bz = (int) Math.floor(cz + dz * z);
          if (z > 0 && BlockKey.inRange(bx, by, bz)) {
            long key = BlockKey.of(bx, by, bz);
            if (key != last) {
              blocks.add(key);
              last = key;
            }
          }
        }
      }
    }
    return blocks;
  }

  private static int stride(ObservedView view, double voxelSize) {
    long[] pixels = view.pixels();
    double sum = 0;
    int count = 0;
    for (int i = 0; i < pixels.length; i += 61) {
      if (ObservedView.weight(pixels[i]) != 0) {
        sum += ObservedView.depth(pixels[i]);
        count++;
      }
    }
    if (count == 0) {
      return 1;
    }
    double pixelsPerVoxel = view.intrinsics().fx() * voxelSize / (sum / count);
    return (int) Math.max(1, Math.min(8, Math.floor(SPACING_VOXELS * pixelsPerVoxel)));
  }
}
