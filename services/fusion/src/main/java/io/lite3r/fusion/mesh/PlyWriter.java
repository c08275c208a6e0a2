package io.lite3r.fusion.mesh;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A mesh as binary little-endian PLY: float positions and normals, 8-bit sRGB colours, triangles.
 */
public final class PlyWriter {
  private PlyWriter() {}

  public static byte[] write(Mesh mesh) {
    byte[] header =
        """
        ply
        format binary_little_endian 1.0
        comment Lite3R Stream; axes x right, y down, z forward of the first camera
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
        element face %d
        property list uchar int vertex_indices
        end_header
        """
            .formatted(mesh.vertices(), mesh.triangles())
            .getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out =
        ByteBuffer.allocate(header.length + 27 * mesh.vertices() + 13 * mesh.triangles())
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
    for (int t = 0; t < mesh.triangles(); t++) {
      out.put((byte) 3);
      for (int corner = 0; corner < 3; corner++) {
        out.putInt(mesh.index(t, corner));
      }
    }
    return out.array();
  }
}
