package io.lite3r.fusion.tsdf;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;

/**
 * One view as the inner loop needs it: projects a block's voxel centres and adds what the view says
 * of them. Where the voxels lie relative to the block's first is the same for every block, so it is
 * computed once a view. The work on a block is {@link BlockStep}'s.
 */
final class ViewProjection {
  final long[] pixels;
  final int width;
  final int height;
  private final double fx;
  private final double fy;
  final double cx;
  final double cy;
  private final double voxelSize;
  final float stored;
  private final Rigid3 cameraFromScene;
  private final double radius;
  private final double[] planes;
  final float[] offsetX = new float[Block.VOXELS];
  final float[] offsetY = new float[Block.VOXELS];
  final float[] offsetZ = new float[Block.VOXELS];

  ViewProjection(ObservedView view, double voxelSize, double truncation) {
    Intrinsics k = view.intrinsics();
    pixels = view.pixels();
    width = k.width();
    height = k.height();
    fx = k.fx();
    fy = k.fy();
    cx = k.cx();
    cy = k.cy();
    this.voxelSize = voxelSize;
    stored = (float) (Volume.FULL_DISTANCE / truncation);
    cameraFromScene = view.sceneFromCamera().inverse();
    radius = voxelSize * Block.EDGE * 0.8660254037844387;
    planes =
        new double[] {
          Math.hypot(fx, cx),
          Math.hypot(fx, width - cx),
          Math.hypot(fy, cy),
          Math.hypot(fy, height - cy)
        };
    double[] r = cameraFromScene.rotation().matrix();
    for (int i = 0; i < Block.VOXELS; i++) {
      double x = (i & 7) * voxelSize;
      double y = ((i >> 3) & 7) * voxelSize;
      double z = (i >> 6) * voxelSize;
      offsetX[i] = (float) (fx * (r[0] * x + r[1] * y + r[2] * z));
      offsetY[i] = (float) (fy * (r[3] * x + r[4] * y + r[5] * z));
      offsetZ[i] = (float) (r[6] * x + r[7] * y + r[8] * z);
    }
  }

  /**
   * Adds the view to the block, or takes it out again; returns how many voxels it gave weight to. A
   * block that the view says nothing of is left untouched.
   *
   * @param sign 1 to add, -1 to take out what was added before
   */
  int addTo(Block block, int sign, BlockStep step) {
    double edge = Block.EDGE * voxelSize;
    double sx = BlockKey.x(block.key) * edge;
    double sy = BlockKey.y(block.key) * edge;
    double sz = BlockKey.z(block.key) * edge;
    Vector3 centre =
        cameraFromScene.apply(new Vector3(sx + edge / 2, sy + edge / 2, sz + edge / 2));
    if (!inSight(centre)) {
      return 0;
    }
    double h = voxelSize / 2;
    Vector3 first = cameraFromScene.apply(new Vector3(sx + h, sy + h, sz + h));
    return step.take(
        this,
        block,
        (float) (fx * first.x()),
        (float) (fy * first.y()),
        (float) first.z(),
        centre.z() <= radius,
        sign);
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
