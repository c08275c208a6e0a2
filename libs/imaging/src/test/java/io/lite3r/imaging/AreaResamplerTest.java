package io.lite3r.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AreaResamplerTest {

  @ParameterizedTest
  @CsvSource({
    "64,48,32,24",
    "97,61,40,23",
    "50,40,50,13",
    "33,20,66,41",
    "640,480,518,392",
    "4001,3001,64,48"
  })
  void everyTargetPixelIsTheRoundedMeanOfTheAreaItCovers(int w, int h, int toW, int toH) {
    RgbImage source = TestImages.pattern(w, h);

    RgbImage resized = AreaResampler.resize(source, toW, toH);

    for (int y = 0; y < toH; y += 3) {
      for (int x = 0; x < toW; x += 3) {
        for (int c = 0; c < 3; c++) {
          assertThat((double) resized.at(x, y, c))
              .isCloseTo(mean(source, x, y, c, toW, toH), within(0.5 + 1e-6));
        }
      }
    }
  }

  @Test
  void aUniformImageStaysUniform() {
    byte[] rgb = new byte[3 * 71 * 53];
    java.util.Arrays.fill(rgb, (byte) 201);

    RgbImage resized = AreaResampler.resize(new RgbImage(71, 53, rgb), 30, 17);

    assertThat(resized.rgb()).containsOnly((byte) 201);
  }

  @Test
  void aLargeImageDoesNotOverflow() {
    byte[] rgb = new byte[3 * 7919 * 97];
    java.util.Arrays.fill(rgb, (byte) 255);

    RgbImage resized = AreaResampler.resize(new RgbImage(7919, 97, rgb), 640, 89);

    assertThat(resized.rgb()).containsOnly((byte) 255);
  }

  /** The definition, in floating point and pixel by pixel. */
  private static double mean(RgbImage source, int x, int y, int c, int toW, int toH) {
    double x0 = (double) x * source.width() / toW;
    double x1 = (double) (x + 1) * source.width() / toW;
    double y0 = (double) y * source.height() / toH;
    double y1 = (double) (y + 1) * source.height() / toH;
    double sum = 0;
    for (int sy = (int) y0; sy < source.height() && sy < y1; sy++) {
      for (int sx = (int) x0; sx < source.width() && sx < x1; sx++) {
        double wide = Math.min(x1, sx + 1) - Math.max(x0, sx);
        double high = Math.min(y1, sy + 1) - Math.max(y0, sy);
        sum += wide * high * source.at(sx, sy, c);
      }
    }
    return sum / ((x1 - x0) * (y1 - y0));
  }
}
