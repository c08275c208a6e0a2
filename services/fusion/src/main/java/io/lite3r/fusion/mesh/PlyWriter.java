package io.lite3r.fusion.mesh;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A mesh as binary little-endian PLY: float positions and normals, 8-bit sRGB colours, triangles.
 */
public final class PlyWriter {
  private PlyWriter() {}

  /** Vertices and triangles. */
  public static byte[] write(Mesh mesh) {
    String faces =
        """
        element face %d
        property list uchar int vertex_indices
        """
            .formatted(mesh.triangles());
    ByteBuffer out = vertices(mesh, faces, 13 * mesh.triangles());
    for (int t = 0; t < mesh.triangles(); t++) {
      out.put((byte) 3);
      for (int corner = 0; corner < 3; corner++) {
        out.putInt(mesh.index(t, corner));
      }
    }
    return out.array();
  }

  /** The vertices alone, as a point cloud. */
  public static byte[] writePoints(Mesh mesh) {
    return vertices(mesh, "", 0).array();
  }

  private static ByteBuffer vertices(Mesh mesh, String more, int moreBytes) {
    byte[] header =
        """
        ply
        format binary_little_endian 1.0
        comment Lite3R Stream
        element vertex %d
        property float x
        property float y
        property float z
        property float nx
        property float ny
        property float nz
        property uchar red
        property uchar green
        property uchar blue
        %send_header
        """
            .formatted(mesh.vertices(), more)
            .getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out =
        ByteBuffer.allocate(header.length + 27 * mesh.vertices() + moreBytes)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(header);
    for (int v = 0; v < mesh.vertices(); v++) {
      for (int axis = 0; axis < 3; axis++) {
        out.putFloat(mesh.position(v, axis));
      }
      for (int axis = 0; axis < 3; axis++) {
        out.putFloat(mesh.normal(v, axis));
      }
      for (int channel = 0; channel < 3; channel++) {
        out.put((byte) mesh.colour(v, channel));
      }
    }
    return out;
  }
}
