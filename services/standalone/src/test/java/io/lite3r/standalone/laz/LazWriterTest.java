package io.lite3r.standalone.laz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.github.mreutegg.laszip4j.LASPoint;
import com.github.mreutegg.laszip4j.LASReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written, read by another's program (laszip4j, a port of LASzip). */
class LazWriterTest {
  private static final double SCALE = 0.001;
  private static final double[] OFFSET = {-10, 0, 5};

  private record Written(long x, long y, long z, int red, int green, int blue) {}

  @TempDir private Path folder = Path.of("");

  @Test
  void aStrangerReadsEveryPointAsItWasWritten() throws Exception {
    // Three chunks, of which the last is short.
    isReadBack(walk(105_000, new Random(1)));
  }

  @Test
  void onePointAndNoneAreFilesToo() throws Exception {
    isReadBack(walk(1, new Random(2)));
    isReadBack(List.of());
  }

  @Test
  void theSamePointsGiveTheSameBytes() {
    List<Written> points = walk(1_000, new Random(3));
    assertThat(file(points)).isEqualTo(file(points)).hasSizeLessThan(26 * 1_000);
  }

  private void isReadBack(List<Written> points) throws Exception {
    Path file = Files.write(folder.resolve("points.laz"), file(points));
    LASReader reader = new LASReader(file.toFile());
    List<Written> read = new ArrayList<>();
    for (LASPoint p : reader.getPoints()) {
      read.add(
          new Written(
              p.getX(), p.getY(), p.getZ(), p.getRed() >> 8, p.getGreen() >> 8, p.getBlue() >> 8));
    }
    assertThat(read).isEqualTo(points);
    if (!points.isEmpty()) {
      double highest =
          points.stream().mapToLong(Written::z).max().orElseThrow() * SCALE + OFFSET[2];
      assertThat(reader.getHeader().getMaxZ()).isCloseTo(highest, within(SCALE / 2));
    }
  }

  private static byte[] file(List<Written> points) {
    LazWriter laz = new LazWriter(OFFSET, SCALE);
    for (Written p : points) {
      laz.add(
          p.x() * SCALE + OFFSET[0],
          p.y() * SCALE + OFFSET[1],
          p.z() * SCALE + OFFSET[2],
          p.red(),
          p.green(),
          p.blue());
    }
    return laz.finish(32632, LocalDate.of(2026, 11, 26));
  }

  /** Steps small and huge, colours alike and not, greys: every branch of the coder. */
  private static List<Written> walk(int length, Random random) {
    List<Written> points = new ArrayList<>();
    long x = 0;
    long y = 0;
    long z = 0;
    int red = 100;
    int green = 120;
    int blue = 90;
    for (int i = 0; i < length; i++) {
      if (i % 977 == 0) {
        x = random.nextInt();
        y = random.nextInt();
        z = random.nextInt();
      }
      x = Math.clamp(x + random.nextInt(-40, 41), Integer.MIN_VALUE, Integer.MAX_VALUE);
      y = Math.clamp(y + random.nextInt(-9, 10), Integer.MIN_VALUE, Integer.MAX_VALUE);
      z = Math.clamp(z + (i % 3 == 0 ? 5_000 : 1), Integer.MIN_VALUE, Integer.MAX_VALUE);
      red = random.nextInt(3) == 0 ? random.nextInt(256) : red;
      green = random.nextInt(4) == 0 ? random.nextInt(256) : green;
      blue = random.nextInt(2) == 0 ? Math.clamp(blue + random.nextInt(-4, 5), 0, 255) : blue;
      if (random.nextInt(10) == 0) {
        green = red;
        blue = red;
      }
      points.add(new Written(x, y, z, red, green, blue));
    }
    return points;
  }
}
