package io.lite3r.fusion.mesh;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads back what {@link GlbWriter} wrote, and nothing else: four tightly packed runs in one
 * buffer. A general glTF reader is a library's business.
 */
public final class GlbReader {
  private static final int JSON_CHUNK_START = 20;
  private static final int VERTEX_BYTES = 12 + 12 + 8;

  private GlbReader() {}

  /** Throws {@link IllegalArgumentException} when the bytes are not such a file. */
  public static Mesh read(byte[] glb) {
    ByteBuffer in = ByteBuffer.wrap(glb).order(ByteOrder.LITTLE_ENDIAN);
    if (glb.length < JSON_CHUNK_START
        || in.getInt() != 0x46546C67
        || in.getInt() != 2
        || in.getInt() != glb.length) {
      throw new IllegalArgumentException("not a tile: the GLB header is wrong");
    }
    int jsonLength = in.getInt();
    String json = new String(glb, JSON_CHUNK_START, jsonLength, StandardCharsets.UTF_8);
    int vertices = count(json, "\"type\":\"VEC3\"");
    int corners = count(json, "\"type\":\"SCALAR\"");
    in.position(JSON_CHUNK_START + jsonLength + 8);
    if (in.remaining() != VERTEX_BYTES * vertices + 4 * corners) {
      throw new IllegalArgumentException(
          "not a tile: the buffer does not hold what the accessors name");
    }
    return mesh(in, vertices, corners / 3);
  }

  private static Mesh mesh(ByteBuffer in, int vertices, int triangles) {
    Mesh mesh = new Mesh();
    int positions = in.position();
    int normals = positions + 12 * vertices;
    int colours = normals + 12 * vertices;
    int indices = colours + 8 * vertices;
    for (int v = 0; v < vertices; v++) {
      mesh.addVertex(
          in.getFloat(positions + 12 * v),
          in.getFloat(positions + 12 * v + 4),
          in.getFloat(positions + 12 * v + 8),
          in.getFloat(normals + 12 * v),
          in.getFloat(normals + 12 * v + 4),
          in.getFloat(normals + 12 * v + 8),
          srgb(in.getShort(colours + 8 * v)),
          srgb(in.getShort(colours + 8 * v + 2)),
          srgb(in.getShort(colours + 8 * v + 4)));
    }
    for (int t = 0; t < triangles; t++) {
      int at = indices + 12 * t;
      mesh.addTriangle(in.getInt(at), in.getInt(at + 4), in.getInt(at + 8));
    }
    return mesh;
  }

  /** The count of the first accessor of that type. */
  private static int count(String json, String type) {
    int end = json.indexOf(type);
    int start = json.lastIndexOf("\"count\":", end);
    if (end < 0 || start < 0) {
      throw new IllegalArgumentException("not a tile: no accessor with " + type);
    }
    int comma = json.indexOf(',', start);
    return Integer.parseInt(json.substring(start + "\"count\":".length(), comma));
  }

  private static int srgb(short linear16) {
    double linear = (linear16 & 0xffff) / 65535.0;
    double s =
        linear <= 0.0031308 ? 12.92 * linear : 1.055 * StrictMath.pow(linear, 1 / 2.4) - 0.055;
    return (int) Math.round(255 * s);
  }
}
