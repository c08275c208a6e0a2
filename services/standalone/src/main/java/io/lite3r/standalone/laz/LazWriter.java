package io.lite3r.standalone.laz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A point cloud as a LAZ file: LAS 1.2, point format 2 (position and colour), compressed in chunks
 * of 50,000 points. Sources: ASPRS LAS Specification 1.2; LASzip's specification (rapidlasso).
 */
public final class LazWriter {
  private static final int HEADER_BYTES = 227;
  private static final int VLR_HEADER_BYTES = 54;
  private static final int CHUNK_POINTS = 50_000;
  private static final byte COMPRESSED_FORMAT_2 = (byte) (0x80 | 2);

  private final double[] offset;
  private final double scale;
  private final double[] min = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
  private final double[] max = {-Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
  private final List<byte[]> chunks = new ArrayList<>();
  private ChunkEncoder chunk = new ChunkEncoder();
  private int count;

  /**
   * @param offset coordinates are stored from here
   * @param scale in steps of this; a coordinate may be 2^31 steps from the offset at most
   */
  public LazWriter(double[] offset, double scale) {
    this.offset = offset.clone();
    this.scale = scale;
  }

  /** Adds a point; its coordinates are rounded to the next step, its colour has 8 bits each. */
  public void add(double x, double y, double z, int red, int green, int blue) {
    if (chunk.count() == CHUNK_POINTS) {
      chunks.add(chunk.finish());
      chunk = new ChunkEncoder();
    }
    chunk.add(steps(0, x), steps(1, y), steps(2, z), red, green, blue);
    count++;
  }

  private int steps(int axis, double coordinate) {
    int steps = Math.toIntExact(Math.round((coordinate - offset[axis]) / scale));
    double stored = steps * scale + offset[axis];
    min[axis] = Math.min(min[axis], stored);
    max[axis] = Math.max(max[axis], stored);
    return steps;
  }

  /**
   * The file.
   *
   * @param epsg code of the projected reference system, in metres, that the coordinates are in;
   *     null when they are in none
   * @param created the day that the header names
   */
  public byte[] finish(@Nullable Integer epsg, LocalDate created) {
    if (chunk.count() > 0) {
      chunks.add(chunk.finish());
    }
    List<byte[]> records = new ArrayList<>();
    records.add(record("laszip encoded", 22204, "LASzip", compression()));
    if (epsg != null) {
      records.add(record("LASF_Projection", 34735, "GeoKeys", geoKeys(epsg)));
    }
    int pointsAt = HEADER_BYTES + records.stream().mapToInt(r -> r.length).sum();
    int tableAt = pointsAt + Long.BYTES + chunks.stream().mapToInt(c -> c.length).sum();
    byte[] table = chunkTable();
    ByteBuffer out =
        ByteBuffer.allocate(tableAt + 2 * Integer.BYTES + table.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    header(out, created, pointsAt, records.size());
    records.forEach(out::put);
    out.putLong(tableAt);
    chunks.forEach(out::put);
    out.putInt(0).putInt(chunks.size()).put(table);
    return out.array();
  }

  private void header(ByteBuffer out, LocalDate created, int pointsAt, int records) {
    out.put(text("LASF", 4)).putShort((short) 0).putShort((short) 0).put(new byte[16]);
    out.put((byte) 1).put((byte) 2);
    out.put(text("OTHER", 32)).put(text("Lite3R Stream", 32));
    out.putShort((short) created.getDayOfYear()).putShort((short) created.getYear());
    out.putShort((short) HEADER_BYTES).putInt(pointsAt).putInt(records);
    out.put(COMPRESSED_FORMAT_2).putShort((short) ChunkEncoder.POINT_BYTES);
    out.putInt(count).putInt(count).put(new byte[16]); // all are first returns
    for (int axis = 0; axis < 3; axis++) {
      out.putDouble(scale);
    }
    for (int axis = 0; axis < 3; axis++) {
      out.putDouble(offset[axis]);
    }
    for (int axis = 0; axis < 3; axis++) {
      out.putDouble(count == 0 ? 0 : max[axis]).putDouble(count == 0 ? 0 : min[axis]);
    }
  }

  private static byte[] record(String user, int id, String description, byte[] content) {
    return ByteBuffer.allocate(VLR_HEADER_BYTES + content.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) 0)
        .put(text(user, 16))
        .putShort((short) id)
        .putShort((short) content.length)
        .put(text(description, 32))
        .put(content)
        .array();
  }

  /** How the points are compressed: chunked by points, arithmetic coder, items and versions. */
  private static byte[] compression() {
    ByteBuffer out = ByteBuffer.allocate(46).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort((short) 2).putShort((short) 0);
    out.put((byte) 2).put((byte) 2).putShort((short) 0).putInt(0).putInt(CHUNK_POINTS);
    out.putLong(-1).putLong(-1).putShort((short) 2);
    out.putShort((short) 6).putShort((short) 20).putShort((short) 2); // POINT10
    out.putShort((short) 8).putShort((short) 6).putShort((short) 2); // RGB12
    return out.array();
  }

  /** GeoTIFF keys: a projected system, named by its EPSG code, in metres. */
  private static byte[] geoKeys(int epsg) {
    ByteBuffer out = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    int[][] keys = {{1, 1, 0, 3}, {1024, 0, 1, 1}, {3072, 0, 1, epsg}, {3076, 0, 1, 9001}};
    for (int[] key : keys) {
      for (int value : key) {
        out.putShort((short) value);
      }
    }
    return out.array();
  }

  private byte[] chunkTable() {
    if (chunks.isEmpty()) {
      return new byte[0];
    }
    ArithmeticEncoder encoder = new ArithmeticEncoder();
    IntegerCompressor sizes = new IntegerCompressor(encoder, 2);
    int before = 0;
    for (byte[] bytes : chunks) {
      sizes.compress(before, bytes.length, 1);
      before = bytes.length;
    }
    return encoder.finish();
  }

  private static byte[] text(String text, int length) {
    byte[] field = new byte[length];
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, field, 0, ascii.length);
    return field;
  }
}
