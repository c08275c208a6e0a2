package io.lite3r.fusion.mesh;

import io.lite3r.fusion.tsdf.TileField;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.fusion.tsdf.Volume;

/**
 * The surface of one tile by naive surface nets: one vertex in every cell (cube between eight voxel
 * centres) that the surface crosses, at the mean of the crossings of its edges; one quad for every
 * crossed edge between the four cells around it. No table, few and even triangles; a plane stays a
 * plane.
 *
 * <p>A tile owns the edges that start at its own voxels, and looks one voxel around itself, so
 * neighbouring tiles compute the vertices on their border alike and the surface has no cracks.
 */
public final class SurfaceNets {
  /**
   * Weight a voxel needs to be believed: a single pixel of usual confidence will do, one of poor
   * confidence or seen at a grazing angle needs another to agree.
   */
  public static final long LEAST_WEIGHT = 40;

  /**
   * Neighbouring voxels whose distances differ by more than this many voxels stand on either side
   * of an occlusion edge, not of a surface.
   */
  private static final double STEEPEST_VOXELS = 4.8;

  private static final int N = TileId.VOXELS;
  private static final int BLOCK = TileId.VOXELS / TileId.BLOCKS;
  private static final int[] CORNER = corners();

  /** A dense tile is half a million numbers: each thread makes them once. */
  private static final class Memory {
    final float[] distance = new float[TileField.EDGE * TileField.EDGE * TileField.EDGE];
    final int[] vertexOfCell = new int[distance.length];
  }

  private static final ThreadLocal<Memory> MEMORY = ThreadLocal.withInitial(Memory::new);

  private final TileField field;
  private final float[] distance;

  /** Known for cells near the surface only; nobody asks for others. */
  private final int[] vertexOfCell;

  private final Mesh mesh = new Mesh();
  private final double voxelSize;
  private final float steepest;
  private final double x0;
  private final double y0;
  private final double z0;

  private SurfaceNets(Volume volume, TileId tile, long leastWeight) {
    Memory memory = MEMORY.get();
    field = new TileField(volume, tile, leastWeight, memory.distance);
    distance = memory.distance;
    vertexOfCell = memory.vertexOfCell;
    voxelSize = volume.voxelSize();
    steepest = (float) (STEEPEST_VOXELS * voxelSize / volume.truncation());
    x0 = (double) tile.x() * N;
    y0 = (double) tile.y() * N;
    z0 = (double) tile.z() * N;
  }

  /** The tile's surface; empty when it has none. */
  public static Mesh extract(Volume volume, TileId tile) {
    return extract(volume, tile, LEAST_WEIGHT);
  }

  /** The tile's surface where voxels have at least the given weight. */
  public static Mesh extract(Volume volume, TileId tile, long leastWeight) {
    SurfaceNets nets = new SurfaceNets(volume, tile, leastWeight);
    nets.placeVertices();
    nets.joinQuads();
    return nets.mesh.compact(); // the rim's vertices serve the neighbours' quads
  }

  private static int[] corners() {
    int[] offsets = new int[8];
    for (int c = 0; c < 8; c++) {
      offsets[c] = TileField.index(c & 1, c >> 1 & 1, c >> 2) - TileField.index(0, 0, 0);
    }
    return offsets;
  }

  /** Work on cells, those from one corner of a block to the opposite. */
  @FunctionalInterface
  private interface Cells {
    void each(int x, int y, int z, int at);
  }

  /** Goes through the cells where a surface may be, block by block. */
  private void nearSurface(int firstBlock, Cells cells) {
    for (int bz = firstBlock; bz < TileId.BLOCKS; bz++) {
      for (int by = firstBlock; by < TileId.BLOCKS; by++) {
        for (int bx = firstBlock; bx < TileId.BLOCKS; bx++) {
          if (field.mayCross(bx, by, bz)) {
            inBlock(BLOCK * bx, BLOCK * by, BLOCK * bz, cells);
          }
        }
      }
    }
  }

  private static void inBlock(int x0, int y0, int z0, Cells cells) {
    for (int z = Math.max(-1, z0); z < z0 + BLOCK; z++) {
      for (int y = Math.max(-1, y0); y < y0 + BLOCK; y++) {
        int row = TileField.index(0, y, z);
        for (int x = Math.max(-1, x0); x < x0 + BLOCK; x++) {
          cells.each(x, y, z, row + x);
        }
      }
    }
  }

  private void placeVertices() {
    nearSurface(
        -1,
        (x, y, z, at) -> {
          float first = distance[at];
          vertexOfCell[at] = -1;
          if (!Float.isNaN(first) && crossed(at, first > 0)) {
            placeVertex(x, y, z, at);
          }
        });
  }

  private boolean crossed(int at, boolean outside) {
    boolean differs = false;
    for (int c = 1; c < 8; c++) {
      float d = distance[at + CORNER[c]];
      if (Float.isNaN(d)) {
        return false;
      }
      differs |= d > 0 != outside;
    }
    return differs;
  }

  private void placeVertex(int x, int y, int z, int at) {
    float[] d = new float[8];
    for (int c = 0; c < 8; c++) {
      d[c] = distance[at + CORNER[c]];
    }
    float px = 0;
    float py = 0;
    float pz = 0;
    int crossings = 0;
    for (int c = 0; c < 8; c++) {
      for (int axis = 1; axis <= 4; axis <<= 1) {
        if ((c & axis) == 0 && d[c] > 0 != d[c | axis] > 0) {
          float t = d[c] / (d[c] - d[c | axis]);
          px += (c & 1) + (axis == 1 ? t : 0);
          py += (c >> 1 & 1) + (axis == 2 ? t : 0);
          pz += (c >> 2) + (axis == 4 ? t : 0);
          crossings++;
        }
      }
    }
    px /= crossings;
    py /= crossings;
    pz /= crossings;
    float nx = d[1] - d[0] + d[3] - d[2] + d[5] - d[4] + d[7] - d[6];
    float ny = d[2] - d[0] + d[3] - d[1] + d[6] - d[4] + d[7] - d[5];
    float nz = d[4] - d[0] + d[5] - d[1] + d[6] - d[2] + d[7] - d[3];
    float length = (float) Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (!(length > 1e-6f)) {
      nx = 0;
      ny = 0;
      nz = 1;
      length = 1;
    }
    long[] colour = new long[4];
    for (int c = 0; c < 8; c++) {
      field.addColour(x + (c & 1), y + (c >> 1 & 1), z + (c >> 2), colour);
    }
    long weight = Math.max(1, colour[3]);
    vertexOfCell[at] =
        mesh.addVertex(
            (float) ((x0 + x + 0.5 + px) * voxelSize),
            (float) ((y0 + y + 0.5 + py) * voxelSize),
            (float) ((z0 + z + 0.5 + pz) * voxelSize),
            nx / length,
            ny / length,
            nz / length,
            (int) ((colour[0] + weight / 2) / weight),
            (int) ((colour[1] + weight / 2) / weight),
            (int) ((colour[2] + weight / 2) / weight));
  }

  private void joinQuads() {
    int dx = CORNER[1];
    int dy = CORNER[2];
    int dz = CORNER[4];
    nearSurface(
        0,
        (x, y, z, at) -> {
          if (!Float.isNaN(distance[at])) {
            quad(at, dx, dy, dz);
            quad(at, dy, dz, dx);
            quad(at, dz, dx, dy);
          }
        });
  }

  /** The quad around the edge from {@code at} along {@code along}, if the surface crosses it. */
  private void quad(int at, int along, int side, int up) {
    float from = distance[at];
    float to = distance[at + along];
    if (Float.isNaN(to) || from > 0 == to > 0 || Math.abs(from - to) > steepest) {
      return;
    }
    int a = vertexOfCell[at];
    int b = vertexOfCell[at - side];
    int c = vertexOfCell[at - side - up];
    int d = vertexOfCell[at - up];
    if ((a | b | c | d) < 0) {
      return;
    }
    // Seen from where the distance is positive, the corners run counter-clockwise.
    if (from > 0) {
      triangles(a, d, c, b);
    } else {
      triangles(a, b, c, d);
    }
  }

  private void triangles(int a, int b, int c, int d) {
    if (squaredDistance(a, c) <= squaredDistance(b, d)) {
      mesh.addTriangle(a, b, c);
      mesh.addTriangle(a, c, d);
    } else {
      mesh.addTriangle(b, c, d);
      mesh.addTriangle(b, d, a);
    }
  }

  private float squaredDistance(int a, int b) {
    float sum = 0;
    for (int axis = 0; axis < 3; axis++) {
      float difference = mesh.position(a, axis) - mesh.position(b, axis);
      sum += difference * difference;
    }
    return sum;
  }
}
