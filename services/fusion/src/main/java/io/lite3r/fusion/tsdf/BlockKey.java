package io.lite3r.fusion.tsdf;

/** A block's place in the grid, 21 bits an axis in one long: one million blocks to either side. */
final class BlockKey {
  static final int LIMIT = 1 << 20;
  private static final long MASK = (1L << 21) - 1;

  private BlockKey() {}

  static boolean inRange(int x, int y, int z) {
    return ((x + LIMIT) | (y + LIMIT) | (z + LIMIT)) >>> 21 == 0;
  }

  static long of(int x, int y, int z) {
    return ((long) (x + LIMIT) << 42) | ((long) (y + LIMIT) << 21) | (z + LIMIT);
  }

  static int x(long key) {
    return (int) (key >>> 42) - LIMIT;
  }

  static int y(long key) {
    return (int) ((key >>> 21) & MASK) - LIMIT;
  }

  static int z(long key) {
    return (int) (key & MASK) - LIMIT;
  }

  /** Spreads neighbouring keys over a table (the finaliser of MurmurHash3). */
  static int hash(long key) {
    long h = (key ^ (key >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return (int) (h ^ (h >>> 33));
  }
}
