package io.lite3r.fusion.tsdf;

/**
 * What one view says of one block, as a row of short loops over its 512 voxels. Each loop is plain
 * and free of branches, so that the compiler turns it into vector instructions; only {@link #look}
 * cannot be one, since it fetches pixels from wherever they are. One loop that does everything for
 * each voxel stays scalar.
 *
 * <p>Float arithmetic in a fixed order, which Java evaluates alike everywhere, then integers. Not
 * safe for use by several threads; each has its own.
 */
final class BlockStep {
  private static final int N = Block.VOXELS;

  /** Keeps a distance positive while it is rounded, so that truncation rounds to nearest. */
  private static final int OFFSET = 2 * Volume.FULL_DISTANCE;

  private static final float ROUNDING = OFFSET + 0.5f;

  private final float[] u = new float[N];
  private final float[] v = new float[N];
  private final float[] z = new float[N];
  private final int[] pixel = new int[N];
  private final float[] depth = new float[N];
  private final int[] colour = new int[N];
  private final int[] weight = new int[N];
  private final int[] distance = new int[N];
  private final int[] colourWeight = new int[N];
  private boolean coloured;

  /**
   * Where voxel centres fall in the image, one pixel to the right and below: what lies less than a
   * pixel outside must not be rounded to the inside.
   *
   * @param x0 focal length times camera x of the block's first voxel, likewise y0; z0 its depth
   * @param dx focal length times the way from the first voxel to each, camera x; likewise dy; dz
   */
  void project(
      float x0, float y0, float z0, float[] dx, float[] dy, float[] dz, float cx, float cy) {
    project(x0, y0, z0, dx, dy, dz, cx + 1, cy + 1, u, v, z);
  }

  private static void project(
      float x0,
      float y0,
      float z0,
      float[] dx,
      float[] dy,
      float[] dz,
      float cx,
      float cy,
      float[] u,
      float[] v,
      float[] z) {
    for (int i = 0; i < N; i++) {
      float ahead = z0 + dz[i];
      float inverse = 1 / ahead;
      u[i] = (x0 + dx[i]) * inverse + cx;
      v[i] = (y0 + dy[i]) * inverse + cy;
      z[i] = ahead;
    }
  }

  /** Each voxel's pixel, negative when it falls outside of the image. */
  void choosePixels(int width, int height) {
    choosePixels(u, v, width, height, pixel);
  }

  private static void choosePixels(float[] u, float[] v, int width, int height, int[] pixel) {
    for (int i = 0; i < N; i++) {
      int column = (int) u[i];
      int row = (int) v[i];
      int outside = ((column - 1) | (width - column) | (row - 1) | (height - row)) >> 31;
      pixel[i] = (row * width + column - (width + 1)) | outside;
    }
  }

  /** For blocks that may reach behind the camera. */
  void dropBehindCamera() {
    for (int i = 0; i < N; i++) {
      if (!(z[i] > 0)) {
        pixel[i] = -1;
      }
    }
  }

  /** Fetches what the view has at each voxel's pixel. */
  void look(long[] pixels) {
    look(pixel, pixels, depth, colour);
  }

  private static void look(int[] pixel, long[] pixels, float[] depth, int[] colour) {
    for (int i = 0; i < N; i++) {
      int at = pixel[i];
      if (at >= 0) {
        long found = pixels[at];
        depth[i] = ObservedView.depth(found);
        colour[i] = (int) found;
      } else {
        depth[i] = 0;
        colour[i] = 0;
      }
    }
  }

  /**
   * Distances to the surface in 1024ths of the truncation length, rounded, at most 1024, and the
   * weights with which they count: none behind the surface by more than the truncation length.
   */
  void measure(float stored, int sign) {
    measure(depth, z, colour, stored, sign, weight, distance);
  }

  private static void measure(
      float[] depth,
      float[] z,
      int[] colour,
      float stored,
      int sign,
      int[] weight,
      int[] distance) {
    for (int i = 0; i < N; i++) {
      int rounded = (int) ((depth[i] - z[i]) * stored + ROUNDING);
      // The first term is for what is so far behind that the second overflows.
      int behind = (rounded | (rounded - (OFFSET - Volume.FULL_DISTANCE))) >> 31;
      weight[i] = ((colour[i] >>> 24) & ~behind) * sign;
      distance[i] = Math.min(rounded, OFFSET + Volume.FULL_DISTANCE) - OFFSET;
    }
  }

  /** Colour counts near the surface only. Returns how many voxels have weight. */
  int weigh() {
    int count = 0;
    int any = 0;
    for (int i = 0; i < N; i++) {
      int w = weight[i];
      int near = w & ((distance[i] - Volume.FULL_DISTANCE) >> 31);
      colourWeight[i] = near;
      any |= near;
      count += (w | -w) >>> 31;
    }
    coloured = any != 0;
    return count;
  }

  /** Adds to a block's sums. */
  void add(int[] sums) {
    addDistances(sums, weight, distance);
    if (coloured) {
      addColours(sums, colourWeight, colour);
    }
  }

  private static void addDistances(int[] sums, int[] weight, int[] distance) {
    for (int i = 0; i < N; i++) {
      sums[Block.WEIGHT + i] += weight[i];
      sums[Block.DISTANCE + i] += weight[i] * distance[i];
    }
  }

  private static void addColours(int[] sums, int[] weight, int[] colour) {
    for (int i = 0; i < N; i++) {
      int w = weight[i];
      int c = colour[i];
      sums[Block.COLOUR_WEIGHT + i] += w;
      sums[Block.RED + i] += w * ((c >> 16) & 255);
      sums[Block.GREEN + i] += w * ((c >> 8) & 255);
      sums[Block.BLUE + i] += w * (c & 255);
    }
  }
}
