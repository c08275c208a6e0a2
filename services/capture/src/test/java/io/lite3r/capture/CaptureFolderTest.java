package io.lite3r.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureFolderTest {
  private static final long MS = 1_000_000;

  @TempDir Path folder;

  @Test
  void camerasAreInterleavedByTime() {
    CaptureFolder capture =
        CaptureFolder.arrange(
            "rig",
            List.of(
                image("a", 0 * MS), image("a", 100 * MS), image("b", 1 * MS), image("b", 99 * MS)));

    assertThat(capture.images())
        .extracting(i -> i.listed().camera() + i.sequence() + "@" + i.timeNs() / MS)
        .containsExactly("a0@0", "b0@1", "b1@99", "a1@100");
  }

  @Test
  void aStreamThatIsListedOutOfOrderIsPlayedByTime() {
    CaptureFolder capture =
        CaptureFolder.arrange("rig", List.of(image("a", 5 * MS), image("a", 3 * MS)));

    assertThat(capture.images())
        .extracting(i -> i.sequence() + "@" + i.timeNs() / MS)
        .containsExactly("0@3", "1@5");
  }

  @Test
  void oneImageWithoutTimeMakesAllOfThemCountSeconds() {
    CaptureFolder capture =
        CaptureFolder.arrange(
            "rig", List.of(image("a", 77 * MS), image("a", null), image("b", 3 * MS)));

    assertThat(capture.images())
        .extracting(i -> i.listed().camera() + i.sequence() + "@" + i.timeNs() / MS)
        .containsExactly("a0@0", "b0@0", "a1@1000");
  }

  @Test
  void theNameComesFromTheContentAlone() throws IOException {
    String name = name("one", 1);

    assertThat(name).matches("flight-7-[0-9a-f]{12}");
    assertThat(name("another-place", 1)).isEqualTo(name);
    assertThat(name("one", 2)).isNotEqualTo(name);
  }

  private String name(String place, int seed) throws IOException {
    Path at = Files.createDirectories(folder.resolve(place).resolve("flight 7"));
    Files.write(at.resolve("0.jpg"), Pictures.jpeg(64, 48, seed));
    return CaptureFolder.arrange("flight 7", ImageFolder.list(at, false)).contentName();
  }

  private ListedImage image(String camera, @Nullable Long timeNs) {
    return new ListedImage(
        camera + timeNs + ".jpg", folder, camera, timeNs, null, null, null, null);
  }
}
