package io.lite3r.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;

class SubmapObjectTest {
  @Test
  void viewsComeBackWithinHalfPrecision() {
    SubmapObject submap = new SubmapObject(9, 7, List.of(view(1, 63), view(2, 63)));

    SubmapObject back = SubmapObject.decode(submap.encode());

    assertThat(back.width()).isEqualTo(9);
    assertThat(back.height()).isEqualTo(7);
    for (int v = 0; v < 2; v++) {
      assertThat(back.views().get(v).rgb()).isEqualTo(submap.views().get(v).rgb());
      for (int i = 0; i < 63; i++) {
        float depth = submap.views().get(v).depth()[i];
        assertThat(back.views().get(v).depth()[i])
            .isCloseTo(depth, org.assertj.core.data.Offset.offset(depth / 2048));
        assertThat(back.views().get(v).confidence()[i])
            .isEqualTo(
                Float.float16ToFloat(Float.floatToFloat16(submap.views().get(v).confidence()[i])));
      }
    }
    assertThat(back.encode()).isEqualTo(submap.encode());
  }

  @Test
  void theBytesAreThoseOfTheWrittenFormat() throws Exception {
    // One view of two pixels: depth 1 and 2 are halves 0x3c00 and 0x4000; confidence 3 is 0x4200.
    byte[] bytes =
        new SubmapObject(
                2,
                1,
                List.of(
                    new SubmapObject.View(
                        new float[] {1, 2}, new float[] {3, 3}, new byte[] {1, 2, 3, 4, 5, 6})))
            .encode();

    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(Arrays.copyOf(bytes, 4)).asString().isEqualTo("L3RS");
    assertThat(in.getShort(4)).isEqualTo((short) 1);
    assertThat(in.getShort(6)).as("views").isEqualTo((short) 1);
    assertThat(in.getShort(8)).as("rows").isEqualTo((short) 1);
    assertThat(in.getShort(10)).as("columns").isEqualTo((short) 2);
    try (var planes =
        new InflaterInputStream(new java.io.ByteArrayInputStream(bytes, 12, bytes.length - 12))) {
      assertThat(planes.readAllBytes())
          .isEqualTo(new byte[] {0, 0, 0x3c, 0x40, 0, 0, 0x42, 0x42, 1, 4, 2, 5, 3, 6});
    }
  }

  @Test
  void damageOfAnyKindIsRefused() {
    byte[] good = new SubmapObject(9, 7, List.of(view(1, 63))).encode();
    byte[] wrongLetters = good.clone();
    wrongLetters[0] = 'X';
    byte[] newer = good.clone();
    newer[4] = 2;
    byte[] truncated = Arrays.copyOf(good, good.length - 20);
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    byte[] forged = good.clone();
    Arrays.fill(forged, 6, 12, (byte) -1);
    byte[] fewerRows = good.clone();
    fewerRows[8] = 6;

    assertRefused(wrongLetters, "L3RS");
    assertRefused(newer, "version 2");
    assertRefused(truncated, "ends after");
    assertRefused(longer, "more than");
    assertRefused(forged, "too large");
    assertRefused(fewerRows, "more than");
    assertRefused(new byte[3], "L3RS");
  }

  @Test
  void whatAHalfCannotHoldIsRefusedWhenWritten() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 70000, -1}) {
      SubmapObject.View view =
          new SubmapObject.View(new float[] {bad}, new float[] {1}, new byte[3]);

      assertThatThrownBy(() -> new SubmapObject(1, 1, List.of(view)).encode())
          .hasMessageContaining("0..65504");
    }
  }

  private static void assertRefused(byte[] bytes, String why) {
    assertThatThrownBy(() -> SubmapObject.decode(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  private static SubmapObject.View view(int seed, int pixels) {
    Random random = new Random(seed);
    float[] depth = new float[pixels];
    float[] confidence = new float[pixels];
    byte[] rgb = new byte[3 * pixels];
    for (int i = 0; i < pixels; i++) {
      depth[i] = .1f + 5 * random.nextFloat();
      confidence[i] = 1 + 10 * random.nextFloat();
    }
    random.nextBytes(rgb);
    return new SubmapObject.View(depth, confidence, rgb);
  }
}
