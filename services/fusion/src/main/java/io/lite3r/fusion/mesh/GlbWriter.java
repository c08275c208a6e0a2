package io.lite3r.fusion.mesh;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A mesh as binary glTF 2.0: positions and normals as floats, colours as linear 16-bit RGBA (glTF
 * multiplies vertex colours in linear light), indices as 32-bit. Axes are those of the mesh: what
 * is drawn upright turns it by 180 degrees about x first. The material is unlit: the colours are
 * photographs and carry their light with them.
 */
public final class GlbWriter {
  public static final String MEDIA_TYPE = "model/gltf-binary";
  private static final int VERTEX_BYTES = 12 + 12 + 8;
  private static final short[] LINEAR = linearFromSrgb();

  private GlbWriter() {}

  /** The GLB file; the mesh must hold a triangle, since glTF has no empty accessors. */
  public static byte[] write(Mesh mesh) {
    if (mesh.triangles() == 0) {
      throw new IllegalArgumentException("a mesh without triangles has no GLB");
    }
    int n = mesh.vertices();
    int binLength = VERTEX_BYTES * n + 12 * mesh.triangles();
    byte[] json = padded(json(mesh).getBytes(StandardCharsets.UTF_8));
    ByteBuffer out =
        ByteBuffer.allocate(12 + 8 + json.length + 8 + binLength).order(ByteOrder.LITTLE_ENDIAN);
    out.put("glTF".getBytes(StandardCharsets.US_ASCII)).putInt(2).putInt(out.capacity());
    out.putInt(json.length).put("JSON".getBytes(StandardCharsets.US_ASCII)).put(json);
    out.putInt(binLength).put("BIN\0".getBytes(StandardCharsets.US_ASCII));
    for (int v = 0; v < n; v++) {
      out.putFloat(mesh.position(v, 0)).putFloat(mesh.position(v, 1)).putFloat(mesh.position(v, 2));
    }
    for (int v = 0; v < n; v++) {
      out.putFloat(mesh.normal(v, 0)).putFloat(mesh.normal(v, 1)).putFloat(mesh.normal(v, 2));
    }
    for (int v = 0; v < n; v++) {
      out.putShort(LINEAR[mesh.colour(v, 0)])
          .putShort(LINEAR[mesh.colour(v, 1)])
          .putShort(LINEAR[mesh.colour(v, 2)])
          .putShort((short) 0xffff);
    }
    for (int t = 0; t < mesh.triangles(); t++) {
      out.putInt(mesh.index(t, 0)).putInt(mesh.index(t, 1)).putInt(mesh.index(t, 2));
    }
    return out.array();
  }

  private static String json(Mesh mesh) {
    int n = mesh.vertices();
    int indices = 3 * mesh.triangles();
    return """
        {"asset":{"version":"2.0","generator":"Lite3R Stream"},\
        "extensionsUsed":["KHR_materials_unlit"],\
        "scene":0,"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],\
        "meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":1,"COLOR_0":2},"indices":3,"material":0}]}],\
        "materials":[{"pbrMetallicRoughness":{"metallicFactor":0,"roughnessFactor":1},\
        "doubleSided":true,"extensions":{"KHR_materials_unlit":{}}}],\
        "accessors":[\
        {"bufferView":0,"componentType":5126,"count":%d,"type":"VEC3","min":%s,"max":%s},\
        {"bufferView":1,"componentType":5126,"count":%d,"type":"VEC3"},\
        {"bufferView":2,"componentType":5123,"normalized":true,"count":%d,"type":"VEC4"},\
        {"bufferView":3,"componentType":5125,"count":%d,"type":"SCALAR"}],\
        "bufferViews":[\
        {"buffer":0,"byteOffset":0,"byteLength":%d,"target":34962},\
        {"buffer":0,"byteOffset":%d,"byteLength":%d,"target":34962},\
        {"buffer":0,"byteOffset":%d,"byteLength":%d,"target":34962},\
        {"buffer":0,"byteOffset":%d,"byteLength":%d,"target":34963}],\
        "buffers":[{"byteLength":%d}]}"""
        .formatted(
            n,
            bound(mesh, true),
            bound(mesh, false),
            n,
            n,
            indices,
            12 * n,
            12 * n,
            12 * n,
            24 * n,
            8 * n,
            VERTEX_BYTES * n,
            4 * indices,
            VERTEX_BYTES * n + 4 * indices);
  }

  private static String bound(Mesh mesh, boolean least) {
    float[] bound = new float[3];
    for (int axis = 0; axis < 3; axis++) {
      bound[axis] = mesh.position(0, axis);
      for (int v = 1; v < mesh.vertices(); v++) {
        float p = mesh.position(v, axis);
        bound[axis] = least ? Math.min(bound[axis], p) : Math.max(bound[axis], p);
      }
    }
    // As doubles: the decimal must read back to exactly this float.
    return String.format(
        Locale.ROOT, "[%s,%s,%s]", (double) bound[0], (double) bound[1], (double) bound[2]);
  }

  private static byte[] padded(byte[] json) {
    byte[] result = Arrays.copyOf(json, (json.length + 3) / 4 * 4);
    Arrays.fill(result, json.length, result.length, (byte) ' ');
    return result;
  }

  private static short[] linearFromSrgb() {
    short[] table = new short[256];
    for (int i = 0; i < 256; i++) {
      double s = i / 255.0;
      double linear = s <= 0.04045 ? s / 12.92 : StrictMath.pow((s + 0.055) / 1.055, 2.4);
      table[i] = (short) Math.round(65535 * linear);
    }
    return table;
  }
}
