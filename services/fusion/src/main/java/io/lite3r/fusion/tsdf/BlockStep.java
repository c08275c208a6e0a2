package io.lite3r.fusion.tsdf;

/**
 * What one view says of one block, as a row of short loops over its 512 voxels. Each loop is plain
 * and free of branches, so that the compiler turns it into vector instructions; only {@link #look}
 * cannot be one, since it fetches pixels from wherever they are.
 *
 * <p>The compiler must meet each loop alone. Inlined into one another they exceed the size up to
 * which it optimises, and stay scalar: four times slower, measured. A call that goes to many
 * places, {@link #LOOPS}, is one that it does not inline.
 *
 * <p>Float arithmetic in a fixed order, which Java evaluates alike everywhere, then integers. Not
 * safe for use by several threads; each has its own.
 */
final class BlockStep {
  private static final int N = Block.VOXELS;

  /** Keeps a distance positive while it is rounded, so that truncation rounds to nearest. */
  private static final int OFFSET = 2 * Volume.FULL_DISTANCE;

  private static final float ROUNDING = OFFSET + 0.5f;

  /** A loop over a step's voxels; says whether there is more to do. */
  @FunctionalInterface
  private interface Loop {
    boolean run(BlockStep step, ViewProjection view, Block block);
  }

  private static final Loop[] LOOPS = {
    BlockStep::project,
    BlockStep::look,
    BlockStep::measure,
    BlockStep::addDistances,
    BlockStep::addColours
  };

  private final float[] z = new float[N];
  private final int[] pixel = new int[N];
  private final float[] depth = new float[N];
  private final int[] colour = new int[N];
  private final int[] weight = new int[N];
  private final int[] distance = new int[N];
  private final int[] colourWeight = new int[N];

  private float x0;
  private float y0;
  private float z0;
  private boolean reachesBehind;
  private int sign;
  private int weighed;

  /**
   * Adds what the view says of the block, or takes it out.
   *
   * @param x0 focal length times camera x of the block's first voxel, likewise y0; z0 its depth
   * @param reachesBehind whether some of the block may lie behind the camera
   * @param sign 1 to add, -1 to take out
   * @return how many voxels have weight
   */
  int take(
      ViewProjection view,
      Block block,
      float x0,
      float y0,
      float z0,
      boolean reachesBehind,
      int sign) {
    this.x0 = x0;
    this.y0 = y0;
    this.z0 = z0;
    this.reachesBehind = reachesBehind;
    this.sign = sign;
    for (Loop loop : LOOPS) {
      if (!loop.run(this, view, block)) {
        break;
      }
    }
    return weighed;
  }

  /** Each voxel's depth, and its pixel, negative when it falls outside of the image. */
  private boolean project(ViewProjection view, Block block) {
    project(x0, y0, z0, view, z, pixel);
    if (reachesBehind) {
      for (int i = 0; i < N; i++) {
        if (!(z[i] > 0)) {
          pixel[i] = -1;
        }
      }
    }
    return true;
  }

  private static void project(
      float x0, float y0, float z0, ViewProjection view, float[] z, int[] pixel) {
    float[] dx = view.offsetX;
    float[] dy = view.offsetY;
    float[] dz = view.offsetZ;
    int width = view.width;
    int height = view.height;
    // One pixel to the right and below: what lies less than a pixel outside must not be rounded to
    // the inside.
    float cx = (float) view.cx + 1;
    float cy = (float) view.cy + 1;
    for (int i = 0; i < N; i++) {
      float ahead = z0 + dz[i];
      float inverse = 1 / ahead;
      int column = (int) ((x0 + dx[i]) * inverse + cx);
      int row = (int) ((y0 + dy[i]) * inverse + cy);
      int outside = ((column - 1) | (width - column) | (row - 1) | (height - row)) >> 31;
      z[i] = ahead;
      pixel[i] = (row * width + column - (width + 1)) | outside;
    }
  }

  /** Fetches what the view has at each voxel's pixel. */
  private boolean look(ViewProjection view, Block block) {
    look(pixel, view.pixels, depth, colour);
    return true;
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
   * Colour counts near the surface only.
   */
  private boolean measure(ViewProjection view, Block block) {
    weighed = measure(depth, z, colour, view.stored, sign, weight, distance, colourWeight);
    return weighed > 0;
  }

  private static int measure(
      float[] depth,
      float[] z,
      int[] colour,
      float stored,
      int sign,
      int[] weight,
      int[] distance,
      int[] colourWeight) {
    int count = 0;
    for (int i = 0; i < N; i++) {
      int rounded = (int) ((depth[i] - z[i]) * stored + ROUNDING);
      // The first term is for what is so far behind that the second overflows.
      int behind = (rounded | (rounded - (OFFSET - Volume.FULL_DISTANCE))) >> 31;
      int w = ((colour[i] >>> 24) & ~behind) * sign;
      int d = Math.min(rounded, OFFSET + Volume.FULL_DISTANCE) - OFFSET;
      weight[i] = w;
      distance[i] = d;
      colourWeight[i] = w & ((d - Volume.FULL_DISTANCE) >> 31);
      count += (w | -w) >>> 31;
    }
    return count;
  }

  /** Says that there is colour to add: two thirds of a block's memory, which many do not need. */
  private boolean addDistances(ViewProjection view, Block block) {
    block.beforeObservation();
    return addDistances(block.recent, weight, distance, colourWeight) != 0;
  }

  private static int addDistances(int[] sums, int[] weight, int[] distance, int[] colourWeight) {
    int any = 0;
    for (int i = 0; i < N; i++) {
      sums[Block.WEIGHT + i] += weight[i];
      sums[Block.DISTANCE + i] += weight[i] * distance[i];
      any |= colourWeight[i];
    }
    return any;
  }

  private boolean addColours(ViewProjection view, Block block) {
    addColours(block.recent, colourWeight, colour);
    return false;
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
