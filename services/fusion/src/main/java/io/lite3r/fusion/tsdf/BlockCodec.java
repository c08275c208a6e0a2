package io.lite3r.fusion.tsdf;

import java.nio.ByteBuffer;

/**
 * A block as bytes, the one form for digests and snapshots: key as three little-endian ints, a bit
 * for each voxel that has weight, then for each of those the sums as varints: weight, distance
 * (zigzag), colour weight, and when that is not zero red, green, blue. Equal sums give equal bytes,
 * however they came about.
 */
final class BlockCodec {
  private BlockCodec() {}

  /** Appends the block; appends nothing and says false when no voxel of it has weight. */
  static boolean write(Block block, ByteSink out) {
    long[] mask = new long[Block.VOXELS / 64];
    long any = 0;
    for (int i = 0; i < Block.VOXELS; i++) {
      if (block.total(Block.WEIGHT + i) != 0) {
        mask[i >> 6] |= 1L << i;
        any |= 1;
      }
    }
    if (any == 0) {
      return false;
    }
    out.putInt(BlockKey.x(block.key));
    out.putInt(BlockKey.y(block.key));
    out.putInt(BlockKey.z(block.key));
    for (long word : mask) {
      out.putInt((int) word);
      out.putInt((int) (word >>> 32));
    }
    for (int i = 0; i < Block.VOXELS; i++) {
      if ((mask[i >> 6] >>> i & 1) != 0) {
        out.putVarint(block.total(Block.WEIGHT + i));
        out.putZigzag(block.total(Block.DISTANCE + i));
        long colourWeight = block.total(Block.COLOUR_WEIGHT + i);
        out.putVarint(colourWeight);
        if (colourWeight != 0) {
          out.putVarint(block.total(Block.RED + i));
          out.putVarint(block.total(Block.GREEN + i));
          out.putVarint(block.total(Block.BLUE + i));
        }
      }
    }
    return true;
  }

  /** Reads one block. The buffer is little endian. */
  static Block read(ByteBuffer in) {
    Block block = new Block(BlockKey.of(in.getInt(), in.getInt(), in.getInt()));
    long[] mask = new long[Block.VOXELS / 64];
    for (int w = 0; w < mask.length; w++) {
      mask[w] = in.getLong();
    }
    for (int i = 0; i < Block.VOXELS; i++) {
      if ((mask[i >> 6] >>> i & 1) != 0) {
        block.add(Block.WEIGHT + i, varint(in));
        long distance = varint(in);
        block.add(Block.DISTANCE + i, (distance >>> 1) ^ -(distance & 1));
        long colourWeight = varint(in);
        block.add(Block.COLOUR_WEIGHT + i, colourWeight);
        if (colourWeight != 0) {
          block.add(Block.RED + i, varint(in));
          block.add(Block.GREEN + i, varint(in));
          block.add(Block.BLUE + i, varint(in));
        }
      }
    }
    return block;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a voxel sum longer than 64 bits");
  }
}
