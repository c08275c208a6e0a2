package io.lite3r.fusion.mesh;

import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Coloured triangles. Positions are scene units in scene axes; normals are unit length and point
 * out of the surface, to where it was seen from; triangles are counter-clockwise seen from there.
 */
public final class Mesh {
  private float[] positions = new float[3 * 256];
  private float[] normals = new float[3 * 256];
  private byte[] colours = new byte[3 * 256];
  private int[] indices = new int[3 * 512];
  private int vertices;
  private int triangles;

  /** Adds a vertex and returns its index. Colour is sRGB. */
  public int addVertex(
      float x, float y, float z, float nx, float ny, float nz, int red, int green, int blue) {
    int at = 3 * vertices;
    if (at == positions.length) {
      positions = Arrays.copyOf(positions, 2 * at);
      normals = Arrays.copyOf(normals, 2 * at);
      colours = Arrays.copyOf(colours, 2 * at);
    }
    positions[at] = x;
    positions[at + 1] = y;
    positions[at + 2] = z;
    normals[at] = nx;
    normals[at + 1] = ny;
    normals[at + 2] = nz;
    colours[at] = (byte) red;
    colours[at + 1] = (byte) green;
    colours[at + 2] = (byte) blue;
    return vertices++;
  }

  public void addTriangle(int a, int b, int c) {
    int at = 3 * triangles;
    if (at == indices.length) {
      indices = Arrays.copyOf(indices, 2 * at);
    }
    indices[at] = a;
    indices[at + 1] = b;
    indices[at + 2] = c;
    triangles++;
  }

  /** Appends another mesh; vertices on a common border stay apart. */
  public void addAll(Mesh other) {
    int first = vertices;
    for (int v = 0; v < other.vertices; v++) {
      addVertex(
          other.positions[3 * v],
          other.positions[3 * v + 1],
          other.positions[3 * v + 2],
          other.normals[3 * v],
          other.normals[3 * v + 1],
          other.normals[3 * v + 2],
          other.colours[3 * v],
          other.colours[3 * v + 1],
          other.colours[3 * v + 2]);
    }
    for (int i = 0; i < 3 * other.triangles; i += 3) {
      addTriangle(
          first + other.indices[i], first + other.indices[i + 1], first + other.indices[i + 2]);
    }
  }

  /** The same mesh in another space; normals are turned. */
  public Mesh moved(Sim3 targetFromHere) {
    Mesh result = new Mesh();
    result.addAll(this);
    double[] r = targetFromHere.rotation().matrix();
    double s = targetFromHere.scale();
    Vector3 t = targetFromHere.translation();
    double[] shift = {t.x(), t.y(), t.z()};
    for (int v = 0; v < 3 * vertices; v += 3) {
      for (int a = 0; a < 3; a++) {
        double p = 0;
        double n = 0;
        for (int b = 0; b < 3; b++) {
          p += r[3 * a + b] * positions[v + b];
          n += r[3 * a + b] * normals[v + b];
        }
        result.positions[v + a] = (float) (s * p + shift[a]);
        result.normals[v + a] = (float) n;
      }
    }
    return result;
  }

  /** The same triangles without the vertices that none of them uses. */
  public Mesh compact() {
    int[] kept = new int[vertices];
    Arrays.fill(kept, -1);
    Mesh result = new Mesh();
    int[] corner = new int[3];
    for (int t = 0; t < triangles; t++) {
      for (int c = 0; c < 3; c++) {
        int v = indices[3 * t + c];
        if (kept[v] < 0) {
          kept[v] =
              result.addVertex(
                  positions[3 * v],
                  positions[3 * v + 1],
                  positions[3 * v + 2],
                  normals[3 * v],
                  normals[3 * v + 1],
                  normals[3 * v + 2],
                  colours[3 * v],
                  colours[3 * v + 1],
                  colours[3 * v + 2]);
        }
        corner[c] = kept[v];
      }
      result.addTriangle(corner[0], corner[1], corner[2]);
    }
    return result;
  }

  /**
   * Its vertices without the triangles, each place once: neighbouring tiles compute the vertices of
   * their border alike.
   */
  public Mesh points() {
    Set<List<Float>> seen = new HashSet<>();
    Mesh result = new Mesh();
    for (int v = 0; v < vertices; v++) {
      if (seen.add(List.of(positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]))) {
        result.addVertex(
            positions[3 * v],
            positions[3 * v + 1],
            positions[3 * v + 2],
            normals[3 * v],
            normals[3 * v + 1],
            normals[3 * v + 2],
            colours[3 * v],
            colours[3 * v + 1],
            colours[3 * v + 2]);
      }
    }
    return result;
  }

  public int vertices() {
    return vertices;
  }

  public int triangles() {
    return triangles;
  }

  /** Coordinate 0, 1 or 2 of a vertex. */
  public float position(int vertex, int axis) {
    return positions[3 * vertex + axis];
  }

  public float normal(int vertex, int axis) {
    return normals[3 * vertex + axis];
  }

  /** Red, green or blue of a vertex, 0..255. */
  public int colour(int vertex, int channel) {
    return colours[3 * vertex + channel] & 255;
  }

  /** Vertex 0, 1 or 2 of a triangle. */
  public int index(int triangle, int corner) {
    return indices[3 * triangle + corner];
  }
}
