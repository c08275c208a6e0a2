package io.lite3r.standalone.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.standalone.Scenes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrajectoryExportTest {
  private static final String LINE =
      "1.500000000 0.000000000 0.000000000 0.000000000 0.000000000 0.000000000 0.000000000 1.000000000";

  @TempDir Path folder;

  @Test
  void theOneCameraOfACaptureNeedsNoName() throws IOException {
    write(List.of("cam0"), "cam0");

    assertThat(files()).containsExactly("trajectory.txt");
    assertThat(Files.readAllLines(folder.resolve("trajectory.txt"))).containsExactly(LINE);
  }

  @Test
  void aRigsCamerasKeepTheirNamesThoughOnlyOneOfThemWasFused() throws IOException {
    write(List.of("left", "right"), "left");

    assertThat(files()).containsExactly("trajectory-left.txt", "trajectory-right.txt");
    assertThat(Files.readAllLines(folder.resolve("trajectory-left.txt"))).containsExactly(LINE);
    assertThat(folder.resolve("trajectory-right.txt")).isEmptyFile();
  }

  private void write(List<String> cameras, String... fused) throws IOException {
    PublishedScene scene = Scenes.of(fused);
    TrajectoryExport.write(folder, scene, cameras, scene.bestFrames("run"));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
