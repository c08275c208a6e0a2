package io.lite3r.fusion.tsdf;

import java.util.Arrays;

/** Keys of blocks, each once, in the order of their first adding. */
final class BlockSet {
  private static final long NONE = -1;

  private long[] table = new long[1024];
  private long[] keys = new long[512];
  private int size;

  BlockSet() {
    Arrays.fill(table, NONE);
  }

  void add(long key) {
    int mask = table.length - 1;
    int slot = BlockKey.hash(key) & mask;
    while (table[slot] != NONE) {
      if (table[slot] == key) {
        return;
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = key;
    keys[size++] = key;
    if (size == keys.length) {
      grow();
    }
  }

  void addAll(BlockSet others) {
    for (int i = 0; i < others.size; i++) {
      add(others.keys[i]);
    }
  }

  private void grow() {
    keys = Arrays.copyOf(keys, 2 * size);
    table = new long[4 * size];
    Arrays.fill(table, NONE);
    int mask = table.length - 1;
    for (int i = 0; i < size; i++) {
      int slot = BlockKey.hash(keys[i]) & mask;
      while (table[slot] != NONE) {
        slot = (slot + 1) & mask;
      }
      table[slot] = keys[i];
    }
  }

  int size() {
    return size;
  }

  long get(int index) {
    return keys[index];
  }
}
