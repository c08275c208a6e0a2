package io.lite3r.fusion.tsdf;

import java.util.Arrays;

/** A growing run of bytes with the two integer forms the voxel codec uses. */
final class ByteSink {
  private byte[] bytes = new byte[1 << 16];
  private int size;

  int size() {
    return size;
  }

  byte[] array() {
    return bytes;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  void clear() {
    size = 0;
  }

  private void need(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  void putInt(int value) {
    need(4);
    bytes[size++] = (byte) value;
    bytes[size++] = (byte) (value >>> 8);
    bytes[size++] = (byte) (value >>> 16);
    bytes[size++] = (byte) (value >>> 24);
  }

  void putByte(int value) {
    need(1);
    bytes[size++] = (byte) value;
  }

  /** Seven bits a byte, lowest first, the top bit says that more follow. */
  void putVarint(long value) {
    need(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** A signed value as a varint, small magnitudes short. */
  void putZigzag(long value) {
    putVarint((value << 1) ^ (value >> 63));
  }

  void put(byte[] from, int offset, int length) {
    need(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }
}
