package io.lite3r.fusion.loop;

import io.lite3r.fusion.submap.SubmapView;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Random;

/**
 * What a view looks like as a whole, in 1,024 bits: the patches of its corners are summed in
 * sixteen groups, each patch in that of the vocabulary's direction it points to most, and of each
 * sum's 64 numbers the sign is kept. That is a vector of locally aggregated descriptors (Jégou,
 * Douze, Schmid, Pérez, 2010) with a vocabulary that nobody trained: directions drawn once from a
 * fixed seed. Signs keep the order of similarity about as well as numbers do and take 128 bytes.
 */
public final class ViewLooks {
  static final int BITS = 1024;
  private static final int LONGS = BITS / Long.SIZE;
  private static final float[][] VOCABULARY = vocabulary(BITS / CornerPatches.SIZE);

  /** Sizes of steps are positive: what they are on average says nothing. */
  private static final float USUAL_SIZE = 0.125f;

  /** A view with fewer corners looks like nothing in particular: none of its bits is set. */
  private static final int FEWEST = 20;

  private final long[] bits;

  private ViewLooks(long[] bits) {
    this.bits = bits;
  }

  private static float[][] vocabulary(int words) {
    Random random = new Random(1);
    float[][] vocabulary = new float[words][CornerPatches.SIZE];
    for (float[] word : vocabulary) {
      for (int i = 0; i < word.length; i++) {
        word[i] = (float) random.nextGaussian();
      }
    }
    return vocabulary;
  }

  public static ViewLooks of(SubmapView view) {
    return of(CornerPatches.of(view));
  }

  static ViewLooks of(CornerPatches corners) {
    float[] sums = new float[BITS];
    float[] patch = new float[CornerPatches.SIZE];
    for (float[] given : corners.patches()) {
      for (int i = 0; i < patch.length; i++) {
        patch[i] = (i & 1) == 1 ? given[i] - USUAL_SIZE : given[i];
      }
      int at = CornerPatches.SIZE * word(patch);
      for (int i = 0; i < patch.length; i++) {
        sums[at + i] += patch[i];
      }
    }
    long[] bits = new long[LONGS];
    for (int i = 0; i < BITS && corners.patches().length >= FEWEST; i++) {
      if (sums[i] > 0) {
        bits[i / Long.SIZE] |= 1L << i % Long.SIZE;
      }
    }
    return new ViewLooks(bits);
  }

  private static int word(float[] patch) {
    int nearest = 0;
    float most = Float.NEGATIVE_INFINITY;
    for (int w = 0; w < VOCABULARY.length; w++) {
      float along = CornerPatches.dot(VOCABULARY[w], patch);
      if (along > most) {
        most = along;
        nearest = w;
      }
    }
    return nearest;
  }

  /**
   * From -1 (every bit differs) over 0 (as by chance) to 1 (the same); 0 when either looks like
   * nothing.
   */
  public double alike(ViewLooks other) {
    int differ = 0;
    long some = 0;
    long others = 0;
    for (int i = 0; i < LONGS; i++) {
      differ += Long.bitCount(bits[i] ^ other.bits[i]);
      some |= bits[i];
      others |= other.bits[i];
    }
    return some == 0 || others == 0 ? 0 : 1 - 2.0 * differ / BITS;
  }

  /** To be kept. */
  public String encoded() {
    ByteBuffer bytes = ByteBuffer.allocate(BITS / Byte.SIZE);
    bytes.asLongBuffer().put(bits);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  /** As it was kept. */
  public static ViewLooks decoded(String encoded) {
    long[] bits = new long[LONGS];
    ByteBuffer.wrap(Base64.getDecoder().decode(encoded)).asLongBuffer().get(bits);
    return new ViewLooks(bits);
  }
}
