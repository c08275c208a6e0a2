package io.lite3r.console.edge;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Coloured quads as a GLB, laid out as fusion lays out its tiles: positions, normals, colours. */
final class Quads {
  private final List<float[]> vertices = new ArrayList<>();

  /** A parallelogram from a corner along two edges, seen from where {@code u x v} points. */
  Quads add(double[] corner, double[] u, double[] v, double red, double green, double blue) {
    double[][] corners = {
      corner, plus(corner, u), plus(plus(corner, u), v), plus(corner, v),
    };
    double[] n = {u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]};
    double length = Math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    for (double[] c : corners) {
      vertices.add(
          new float[] {
            (float) c[0],
            (float) c[1],
            (float) c[2],
            (float) (n[0] / length),
            (float) (n[1] / length),
            (float) (n[2] / length),
            (float) red,
            (float) green,
            (float) blue
          });
    }
    return this;
  }

  int triangles() {
    return vertices.size() / 2;
  }

  int vertices() {
    return vertices.size();
  }

  byte[] glb() {
    int n = vertices.size();
    int indices = 3 * triangles();
    int length = n * (12 + 12 + 8) + 4 * indices;
    byte[] json = json(n, indices, length).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(json, (json.length + 3) / 4 * 4);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    ByteBuffer out =
        ByteBuffer.allocate(28 + padded.length + length).order(ByteOrder.LITTLE_ENDIAN);
    out.put("glTF".getBytes(StandardCharsets.US_ASCII)).putInt(2).putInt(out.capacity());
    out.putInt(padded.length).put("JSON".getBytes(StandardCharsets.US_ASCII)).put(padded);
    out.putInt(length).put("BIN\0".getBytes(StandardCharsets.US_ASCII));
    for (int from : new int[] {0, 3}) {
      vertices.forEach(v -> out.putFloat(v[from]).putFloat(v[from + 1]).putFloat(v[from + 2]));
    }
    vertices.forEach(
        v -> out.putShort(u16(v[6])).putShort(u16(v[7])).putShort(u16(v[8])).putShort((short) -1));
    for (int first = 0; first < n; first += 4) {
      for (int corner : new int[] {0, 1, 2, 0, 2, 3}) {
        out.putInt(first + corner);
      }
    }
    return out.array();
  }

  private static short u16(float unit) {
    return (short) Math.round(65535 * unit);
  }

  private static String json(int n, int indices, int length) {
    return """
    {"asset":{"version":"2.0"},"scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],\
    "meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":1,"COLOR_0":2},"indices":3}]}],\
    "accessors":[{"bufferView":0,"componentType":5126,"count":%d,"type":"VEC3",\
    "min":[-99,-99,-99],"max":[99,99,99]},\
    {"bufferView":1,"componentType":5126,"count":%d,"type":"VEC3"},\
    {"bufferView":2,"componentType":5123,"normalized":true,"count":%d,"type":"VEC4"},\
    {"bufferView":3,"componentType":5125,"count":%d,"type":"SCALAR"}],\
    "bufferViews":[{"buffer":0,"byteOffset":0,"byteLength":%d},\
    {"buffer":0,"byteOffset":%d,"byteLength":%d},{"buffer":0,"byteOffset":%d,"byteLength":%d},\
    {"buffer":0,"byteOffset":%d,"byteLength":%d}],"buffers":[{"byteLength":%d}]}"""
        .formatted(
            n, n, n, indices, 12 * n, 12 * n, 12 * n, 24 * n, 8 * n, 32 * n, 4 * indices, length);
  }

  private static double[] plus(double[] a, double[] b) {
    return new double[] {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
  }
}
