package io.lite3r.fusion.tsdf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The voxels of one tile as bytes, {@code application/x-lite3r-voxels}: the letters L3RV, version
 * (short, 1), number of blocks (int), length of the plain bytes (int), then one zlib stream of the
 * blocks in order ({@link BlockCodec}). Little endian.
 */
public final class VoxelCodec {
  public static final String MEDIA_TYPE = "application/x-lite3r-voxels";
  private static final int MAGIC = 'L' | '3' << 8 | 'R' << 16 | 'V' << 24;
  private static final int HEADER = 14;

  private VoxelCodec() {}

  /** The tile's voxels; equal voxels give equal bytes, in memory or not. */
  public static byte[] write(Volume volume, TileId tile) {
    byte[] laidDown = volume.laidDown(tile);
    if (laidDown != null) {
      return laidDown;
    }
    @Nullable Block @Nullable [] blocks = volume.blocks(tile);
    return write(blocks == null ? List.of() : Tile.present(blocks));
  }

  /** A tile's blocks, which are in order. */
  static byte[] write(List<Block> blocks) {
    ByteSink plain = new ByteSink();
    int count = 0;
    for (Block block : blocks) {
      if (BlockCodec.write(block, plain)) {
        count++;
      }
    }
    ByteSink out = new ByteSink();
    out.putInt(MAGIC);
    out.putByte(1);
    out.putByte(0);
    out.putInt(count);
    out.putInt(plain.size());
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try {
      deflater.setInput(plain.array(), 0, plain.size());
      deflater.finish();
      byte[] piece = new byte[1 << 16];
      while (!deflater.finished()) {
        out.put(piece, 0, deflater.deflate(piece));
      }
    } finally {
      deflater.end();
    }
    return out.toByteArray();
  }

  /** A tile's blocks again. */
  static List<Block> read(byte[] bytes) {
    ByteBuffer head = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < HEADER || head.getInt() != MAGIC || head.getShort() != 1) {
      throw new IllegalArgumentException("not a voxel object of version 1");
    }
    int count = head.getInt();
    byte[] plain = new byte[head.getInt()];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(bytes, HEADER, bytes.length - HEADER);
      int filled = 0;
      while (filled < plain.length) {
        int more = inflater.inflate(plain, filled, plain.length - filled);
        if (more == 0) {
          throw new IllegalArgumentException("a voxel object that ends early");
        }
        filled += more;
      }
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("a voxel object whose stream is broken", e);
    } finally {
      inflater.end();
    }
    ByteBuffer in = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(BlockCodec.read(in));
    }
    return blocks;
  }
}
