package io.lite3r.fusion.tsdf;

import org.jspecify.annotations.Nullable;

/**
 * 8 x 8 x 8 voxels, x fastest. Each voxel holds six exact sums: weight, weight x distance, colour
 * weight, and colour weight x red, green, blue.
 *
 * <p>Sums live in ints as long as they provably fit: one observation adds at most 255 x 1024 to any
 * of them, so after {@link #SPILL} observations they are moved into longs, which hold two million
 * times as many.
 */
final class Block {
  static final int EDGE = 8;
  static final int VOXELS = EDGE * EDGE * EDGE;
  static final int WEIGHT = 0;
  static final int DISTANCE = VOXELS;
  static final int COLOUR_WEIGHT = 2 * VOXELS;
  static final int RED = 3 * VOXELS;
  static final int GREEN = 4 * VOXELS;
  static final int BLUE = 5 * VOXELS;
  static final int SUMS = 6 * VOXELS;

  /** The most that one observation adds to any sum. */
  private static final long LARGEST_OBSERVATION = 255 * 1024;

  /** 255 x 1024 x 8191 is below 2^31. */
  static final int SPILL = 8191;

  final long key;
  final int[] recent = new int[SUMS];
  private long @Nullable [] spilled;

  /** No sum in {@link #recent} is beyond what so many observations can make. */
  private int observations;

  /** SHA-256 of {@link BlockCodec}'s bytes; absent once a voxel has changed. */
  byte @Nullable [] hash;

  Block(long key) {
    this.key = key;
  }

  /** Whether a voxel has changed since the volume last took note. */
  boolean changed;

  /** Its bytes as the volume last counted them. */
  long accounted;

  /** To be called before one more observation is added to {@link #recent}. */
  void beforeObservation() {
    if (observations == SPILL) {
      long[] sums = spilled == null ? new long[SUMS] : spilled;
      for (int i = 0; i < SUMS; i++) {
        sums[i] += recent[i];
        recent[i] = 0;
      }
      spilled = sums;
      observations = 0;
    }
    observations++;
    hash = null;
    changed = true;
  }

  /** Bytes its sums occupy. */
  long bytes() {
    return (spilled == null ? Integer.BYTES : Integer.BYTES + Long.BYTES) * (long) SUMS;
  }

  /** Whether {@link #recent} holds all of its sums. */
  boolean isPlain() {
    return spilled == null;
  }

  long total(int index) {
    long[] sums = spilled;
    return sums == null ? recent[index] : sums[index] + recent[index];
  }

  /** Adds an exact amount, as when partial volumes merge or a snapshot is read. */
  void add(int index, long amount) {
    hash = null;
    changed = true;
    long[] sums = spilled;
    long sum = recent[index] + amount;
    long asObservations = Math.ceilDiv(Math.abs(sum), LARGEST_OBSERVATION);
    if (sums == null && asObservations <= SPILL) {
      recent[index] = (int) sum;
      observations = Math.max(observations, (int) asObservations);
      return;
    }
    if (sums == null) {
      sums = new long[SUMS];
      spilled = sums;
    }
    sums[index] += amount;
  }
}
