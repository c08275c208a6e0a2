package io.lite3r.fusion.tsdf;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;

/**
 * One view as the inner loop needs it: projects voxel centres and adds what the view says of them.
 * Plain float arithmetic in a fixed order, which Java evaluates alike everywhere.
 */
final class ViewProjection {
  private final float[] depth;
  private final int[] weightedColour;
  private final int width;
  private final int height;
  private final float fx;
  private final float fy;
  private final float cx;
  private final float cy;
  private final double voxelSize;
  private final float truncation;
  private final float stored;
  private final Rigid3 cameraFromScene;
  private final double[] r;
  private final double radius;
  private final double[] planes;

  ViewProjection(ObservedView view, double voxelSize, double truncation) {
    Intrinsics k = view.intrinsics();
    depth = view.depth();
    weightedColour = view.weightedColour();
    width = k.width();
    height = k.height();
    fx = (float) k.fx();
    fy = (float) k.fy();
    cx = (float) k.cx();
    cy = (float) k.cy();
    this.voxelSize = voxelSize;
    this.truncation = (float) truncation;
    stored = (float) (Volume.FULL_DISTANCE / truncation);
    cameraFromScene = view.sceneFromCamera().inverse();
    r = cameraFromScene.rotation().matrix();
    radius = voxelSize * Block.EDGE * 0.8660254037844387;
    planes =
        new double[] {
          Math.hypot(k.fx(), k.cx()),
          Math.hypot(k.fx(), width - k.cx()),
          Math.hypot(k.fy(), k.cy()),
          Math.hypot(k.fy(), height - k.cy())
        };
  }

  /**
   * Adds the view to the block, or takes it out again; returns how many voxels it gave weight to.
   *
   * @param sign 1 to add, -1 to take out what was added before
   */
  int addTo(Block block, int sign) {
    double edge = Block.EDGE * voxelSize;
    double sx = BlockKey.x(block.key) * edge;
    double sy = BlockKey.y(block.key) * edge;
    double sz = BlockKey.z(block.key) * edge;
    if (!inSight(cameraFromScene.apply(new Vector3(sx + edge / 2, sy + edge / 2, sz + edge / 2)))) {
      return 0;
    }
    block.beforeObservation();
    int[] sums = block.recent;
    double h = voxelSize / 2;
    Vector3 first = cameraFromScene.apply(new Vector3(sx + h, sy + h, sz + h));
    float ax = (float) (r[0] * voxelSize);
    float ay = (float) (r[3] * voxelSize);
    float az = (float) (r[6] * voxelSize);
    int changed = 0;
    for (int row = 0; row < Block.EDGE * Block.EDGE; row++) {
      double jy = (row & 7) * voxelSize;
      double jz = (row >> 3) * voxelSize;
      float x0 = (float) (first.x() + r[1] * jy + r[2] * jz);
      float y0 = (float) (first.y() + r[4] * jy + r[5] * jz);
      float z0 = (float) (first.z() + r[7] * jy + r[8] * jz);
      int voxel = row << 3;
      for (int i = 0; i < Block.EDGE; i++, voxel++) {
        float z = z0 + i * az;
        if (z <= 0) {
          continue;
        }
        float inverse = 1 / z;
        float u = fx * (x0 + i * ax) * inverse + cx;
        float v = fy * (y0 + i * ay) * inverse + cy;
        if (!(u >= 0 && u < width && v >= 0 && v < height)) {
          continue;
        }
        int pixel = (int) v * width + (int) u;
        int colour = weightedColour[pixel];
        int weight = colour >>> 24;
        float ahead = depth[pixel] - z;
        if (weight == 0 || ahead < -truncation) {
          continue;
        }
        changed++;
        weight *= sign;
        sums[Block.WEIGHT + voxel] += weight;
        if (ahead >= truncation) {
          sums[Block.DISTANCE + voxel] += weight * Volume.FULL_DISTANCE;
          continue;
        }
        // Rounds to nearest; the offset keeps the cast on the positive side.
        int distance =
            (int) (ahead * stored + (Volume.FULL_DISTANCE + 0.5f)) - Volume.FULL_DISTANCE;
        sums[Block.DISTANCE + voxel] += weight * distance;
        sums[Block.COLOUR_WEIGHT + voxel] += weight;
        sums[Block.RED + voxel] += weight * ((colour >>> 16) & 255);
        sums[Block.GREEN + voxel] += weight * ((colour >>> 8) & 255);
        sums[Block.BLUE + voxel] += weight * (colour & 255);
      }
    }
    return changed;
  }

  /** Whether a sphere around the block meets the viewing frustum. */
  private boolean inSight(Vector3 c) {
    double z = c.z();
    return z > -radius
        && fx * c.x() + cx * z > -radius * planes[0]
        && (width - cx) * z - fx * c.x() > -radius * planes[1]
        && fy * c.y() + cy * z > -radius * planes[2]
        && (height - cy) * z - fy * c.y() > -radius * planes[3];
  }
}
