package io.lite3r.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictDecoderTest {
  private static final byte[] JPEG = JpegWriter.encode(TestImages.pattern(160, 120), 0.95);
  private static final byte[] PNG =
      TestImages.encoded(TestImages.buffered(160, 120, BufferedImage.TYPE_3BYTE_BGR), "png");

  @Test
  void aPngComesBackPixelForPixel() throws ImageRefused {
    RgbImage image = StrictDecoder.decode(PNG);

    assertThat(image.rgb()).isEqualTo(TestImages.pattern(160, 120).rgb());
  }

  @Test
  void aJpegComesBackNearlyAsItWas() throws ImageRefused {
    RgbImage image = StrictDecoder.decode(JPEG);

    RgbImage pattern = TestImages.pattern(160, 120);
    double error = 0;
    for (int i = 1; i < image.rgb().length; i += 3) {
      error += Math.abs((image.rgb()[i] & 0xff) - (pattern.rgb()[i] & 0xff));
    }
    assertThat(3 * error / image.rgb().length).isLessThan(8);
  }

  @Test
  void theSameImageGivesTheSameBytes() {
    assertThat(JpegWriter.encode(TestImages.pattern(160, 120), 0.95)).isEqualTo(JPEG);
  }

  @Test
  void theHeaderTellsTypeAndSizeWithoutDecoding() throws ImageRefused {
    byte[] headOfJpeg = Arrays.copyOf(JPEG, 700);
    byte[] headOfPng = Arrays.copyOf(PNG, 40);

    assertThat(ImageHeader.read(headOfJpeg)).isEqualTo(new ImageHeader(ImageFormat.JPEG, 160, 120));
    assertThat(ImageHeader.read(headOfPng)).isEqualTo(new ImageHeader(ImageFormat.PNG, 160, 120));
  }

  @Test
  void greyKeepsItsValuesAndBecomesRgb() throws ImageRefused {
    BufferedImage grey = new BufferedImage(20, 16, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(3, 2, 0, 77);

    RgbImage png = StrictDecoder.decode(TestImages.encoded(grey, "png"));
    RgbImage jpeg = StrictDecoder.decode(TestImages.encoded(grey, "jpeg"));

    assertThat(new int[] {png.at(3, 2, 0), png.at(3, 2, 1), png.at(3, 2, 2)})
        .containsExactly(77, 77, 77);
    assertThat(jpeg.at(3, 2, 0)).isEqualTo(jpeg.at(3, 2, 2));
  }

  @Test
  void anOpaqueAlphaChannelIsDroppedAndATransparentOneRefused() throws ImageRefused {
    BufferedImage opaque = TestImages.buffered(30, 20, BufferedImage.TYPE_4BYTE_ABGR);
    BufferedImage transparent = TestImages.buffered(30, 20, BufferedImage.TYPE_4BYTE_ABGR);
    transparent.setRGB(5, 6, 0x10203040);

    assertThat(StrictDecoder.decode(TestImages.encoded(opaque, "png")).rgb())
        .isEqualTo(TestImages.pattern(30, 20).rgb());
    ImageRefused refused = refusal(TestImages.encoded(transparent, "png"));
    assertThat(refused.reason()).isEqualTo(ImageRefused.Reason.UNSUPPORTED_MEDIA);
    assertThat(refused).hasMessageContaining("(5, 6)");
  }

  @Test
  void palettesAreRead() throws ImageRefused {
    BufferedImage indexed = new BufferedImage(32, 24, BufferedImage.TYPE_BYTE_INDEXED);
    indexed.setRGB(4, 4, 0xffff0000);

    RgbImage image = StrictDecoder.decode(TestImages.encoded(indexed, "png"));

    assertThat(image.at(4, 4, 0)).isEqualTo(255);
    assertThat(image.at(4, 4, 1)).isZero();
  }

  @Test
  void sixteenBitsARefusedByName() {
    BufferedImage depth = new BufferedImage(32, 24, BufferedImage.TYPE_USHORT_GRAY);

    ImageRefused refused = refusal(TestImages.encoded(depth, "png"));

    assertThat(refused.reason()).isEqualTo(ImageRefused.Reason.UNSUPPORTED_MEDIA);
    assertThat(refused).hasMessageContaining("16 bits");
  }

  @Test
  void cmykIsRefusedByName() {
    byte[] cmyk = JPEG.clone();
    cmyk[frameHeader(cmyk) + 9] = 4;

    assertThat(refusal(cmyk)).hasMessageContaining("CMYK");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.3, 0.5, 0.9, 0.999})
  void aFileThatStopsEarlyIsTruncated(double fraction) {
    byte[] jpeg = Arrays.copyOf(JPEG, (int) (JPEG.length * fraction));
    byte[] png = Arrays.copyOf(PNG, (int) (PNG.length * fraction));

    assertThat(refusal(jpeg).reason()).isEqualTo(ImageRefused.Reason.TRUNCATED);
    assertThat(refusal(png).reason()).isEqualTo(ImageRefused.Reason.TRUNCATED);
  }

  @Test
  void missingPixelsUnderAForgedEndMarkerAreStillRefused() {
    byte[] half = Arrays.copyOf(JPEG, JPEG.length / 2);
    half[half.length - 2] = (byte) 0xff;
    half[half.length - 1] = (byte) 0xd9;

    assertThat(refusal(half).reason()).isEqualTo(ImageRefused.Reason.UNDECODABLE);
  }

  @Test
  void bytesAfterTheEndOfTheImageDoNoHarm() throws ImageRefused {
    byte[] followed = Arrays.copyOf(JPEG, JPEG.length + 500);

    assertThat(StrictDecoder.decode(followed).rgb()).isEqualTo(StrictDecoder.decode(JPEG).rgb());
  }

  @Test
  void aForgedSizeIsRefusedBeforeAnythingIsDecoded() {
    byte[] jpeg = JPEG.clone();
    int at = frameHeader(jpeg);
    for (int i = 5; i <= 8; i++) {
      jpeg[at + i] = (byte) 0xff;
    }
    byte[] png = PNG.clone();
    ByteBuffer.wrap(png).putInt(16, 100_000).putInt(20, 100_000).putInt(29, crc(png, 12, 17));

    assertThat(refusal(jpeg).reason()).isEqualTo(ImageRefused.Reason.BAD_DIMENSIONS);
    assertThat(refusal(png).reason()).isEqualTo(ImageRefused.Reason.BAD_DIMENSIONS);
  }

  @Test
  void aSizeForgedWithinTheLimitsIsRefusedByTheDecoder() {
    byte[] jpeg = JPEG.clone();
    ByteBuffer.wrap(jpeg).putShort(frameHeader(jpeg) + 5, (short) 1200);
    byte[] png = PNG.clone();
    ByteBuffer.wrap(png).putInt(20, 1200).putInt(29, crc(png, 12, 17));

    assertThat(refusal(jpeg).reason()).isEqualTo(ImageRefused.Reason.UNDECODABLE);
    assertThat(refusal(png).reason()).isEqualTo(ImageRefused.Reason.UNDECODABLE);
  }

  @Test
  void aPngWithAWrongChecksumIsRefused() {
    byte[] png = PNG.clone();
    png[PNG.length / 2] ^= 1;

    assertThat(refusal(png).reason()).isEqualTo(ImageRefused.Reason.UNDECODABLE);
  }

  @Test
  void otherFilesAreRefusedByTheirMagic() {
    for (byte[] bytes :
        new byte[][] {{}, "GIF89a".getBytes(StandardCharsets.US_ASCII), new byte[64]}) {
      assertThat(refusal(bytes).reason()).isEqualTo(ImageRefused.Reason.UNSUPPORTED_MEDIA);
    }
  }

  /** Every single-byte corruption ends in an image or a refusal, never in another exception. */
  @Test
  void corruptionNeverEscapesAsAnythingElse() {
    for (byte[] whole : new byte[][] {JPEG, PNG}) {
      for (int i = 0; i < whole.length; i += 37) {
        byte[] corrupt = whole.clone();
        corrupt[i] ^= (byte) 0x5a;
        try {
          StrictDecoder.decode(corrupt, new ImageLimits(1, 2000, 1_000_000));
        } catch (ImageRefused expected) {
          assertThat(expected).hasMessageMatching("(?s).+\\. .+\\.");
        }
      }
    }
  }

  private static ImageRefused refusal(byte[] bytes) {
    ImageRefused refused =
        catchThrowableOfType(ImageRefused.class, () -> StrictDecoder.decode(bytes));
    assertThat(refused).isNotNull();
    return refused;
  }

  /** Where ff c0 stands: size follows at +5 (height) and +7 (width), channels at +9. */
  private static int frameHeader(byte[] jpeg) {
    for (int i = 2; ; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
        return i;
      }
    }
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
