package io.lite3r.fusion.mesh;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A coarser mesh (J. Rossignac and P. Borrel, Multi-resolution 3D approximations, 1993): all
 * vertices within one cell of a cubic grid become one, at their mean; triangles that lose a corner
 * thereby are left out, and so is all but the first of those that become alike.
 */
public final class VertexClustering {
  private final double cell;
  private final Map<Cell, Cluster> clusters = new HashMap<>();
  private final Mesh coarse = new Mesh();
  private double farthestMove;

  /** A mesh and how far the farthest vertex was moved for it, in the mesh's unit. */
  public record Coarser(Mesh mesh, double farthestMove) {}

  private record Cell(long x, long y, long z) {}

  /** What has fallen into a cell. */
  private static final class Cluster {
    final double[] sums = new double[9];
    int count;
    int vertex;
  }

  private VertexClustering(double cell) {
    this.cell = cell;
  }

  /**
   * All meshes as one, coarser.
   *
   * @param cell edge of the grid's cells; the grid has a corner at the origin
   */
  public static Coarser of(List<Mesh> meshes, double cell) {
    VertexClustering clustering = new VertexClustering(cell);
    meshes.forEach(clustering::gather);
    meshes.forEach(clustering::measure);
    meshes.forEach(clustering::join);
    return new Coarser(clustering.coarse.compact(), clustering.farthestMove);
  }

  private Cell cell(Mesh mesh, int vertex) {
    return new Cell(
        (long) Math.floor(mesh.position(vertex, 0) / cell),
        (long) Math.floor(mesh.position(vertex, 1) / cell),
        (long) Math.floor(mesh.position(vertex, 2) / cell));
  }

  private void gather(Mesh mesh) {
    for (int v = 0; v < mesh.vertices(); v++) {
      Cluster cluster = clusters.computeIfAbsent(cell(mesh, v), c -> new Cluster());
      for (int axis = 0; axis < 3; axis++) {
        cluster.sums[axis] += mesh.position(v, axis);
        cluster.sums[3 + axis] += mesh.normal(v, axis);
        cluster.sums[6 + axis] += mesh.colour(v, axis);
      }
      cluster.count++;
      cluster.vertex = -1;
    }
  }

  private void measure(Mesh mesh) {
    for (int v = 0; v < mesh.vertices(); v++) {
      Cluster cluster = cluster(mesh, v);
      double square = 0;
      for (int axis = 0; axis < 3; axis++) {
        double move = cluster.sums[axis] / cluster.count - mesh.position(v, axis);
        square += move * move;
      }
      farthestMove = Math.max(farthestMove, Math.sqrt(square));
    }
  }

  private Cluster cluster(Mesh mesh, int vertex) {
    Cluster cluster = clusters.get(cell(mesh, vertex));
    if (cluster == null) {
      throw new IllegalStateException("a vertex has no cell");
    }
    return cluster;
  }

  private void join(Mesh mesh) {
    Set<List<Integer>> known = new HashSet<>();
    for (int t = 0; t < mesh.triangles(); t++) {
      int a = vertex(cluster(mesh, mesh.index(t, 0)));
      int b = vertex(cluster(mesh, mesh.index(t, 1)));
      int c = vertex(cluster(mesh, mesh.index(t, 2)));
      if (a != b && b != c && c != a && known.add(fromSmallest(a, b, c))) {
        coarse.addTriangle(a, b, c);
      }
    }
  }

  /** The same triangle, however it is turned; its other side is another one. */
  private static List<Integer> fromSmallest(int a, int b, int c) {
    if (a < b && a < c) {
      return List.of(a, b, c);
    }
    return b < c ? List.of(b, c, a) : List.of(c, a, b);
  }

  private int vertex(Cluster cluster) {
    if (cluster.vertex < 0) {
      double[] s = cluster.sums;
      double length = Math.sqrt(s[3] * s[3] + s[4] * s[4] + s[5] * s[5]);
      boolean turned = length > 1e-6;
      cluster.vertex =
          coarse.addVertex(
              (float) (s[0] / cluster.count),
              (float) (s[1] / cluster.count),
              (float) (s[2] / cluster.count),
              turned ? (float) (s[3] / length) : 0,
              turned ? (float) (s[4] / length) : 0,
              turned ? (float) (s[5] / length) : 1,
              (int) Math.round(s[6] / cluster.count),
              (int) Math.round(s[7] / cluster.count),
              (int) Math.round(s[8] / cluster.count));
    }
    return cluster.vertex;
  }
}
