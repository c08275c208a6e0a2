package io.lite3r.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command line says before anything is started for it. */
class CommandLineWordsTest {
  private static final String ROOT = System.getProperty("lite3r.root");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir Path folder;

  @BeforeEach
  void atHome() {
    System.setProperty("lite3r.home", ROOT);
  }

  @Test
  void withoutACommandTheUsageIsToldAndTheStatusIsTwo() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("Usage: lite3r", "run", "demo", "up", "bench");
  }

  @Test
  void helpIsNoFailure() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("Usage: lite3r");
  }

  @ParameterizedTest
  @CsvSource({
    "lite3r.windowing.veiws, lite3r.windowing.views",
    "lite3r.fusion.publish-intervall, lite3r.fusion.publish-interval",
    "lite3r.inference.thread, lite3r.inference.threads",
    "windowing.interval, lite3r.windowing.interval"
  })
  void aSettingThatNothingReadsIsRefusedWithTheNearestOnes(String key, String meant) {
    assertThat(run("up", "--set", key + "=4")).isEqualTo(2);
    assertThat(err.toString()).contains("--set " + key, meant);
  }

  @Test
  void everySettingOfTheServicesIsKnown() {
    assertThat(KnownSettings.all())
        .contains(
            "lite3r.windowing.silent-after",
            "lite3r.windowing.shared-views",
            "lite3r.fusion.voxel-size",
            "lite3r.console.feed-period",
            "lite3r.model.dir")
        .allSatisfy(KnownSettings::require);
    KnownSettings.require("quarkus.log.level");
  }

  @Test
  void aDataFolderInUseIsBadUsageAndSaysSo() throws Exception {
    try (FileChannel inUse =
            FileChannel.open(
                folder.resolve("stack.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = inUse.lock()) {
      assertThat(lock.isValid()).isTrue();

      assertThat(run("up", "--data", folder.toString(), "--model", tinyModel())).isEqualTo(2);
    }
    assertThat(err.toString()).contains(folder.toString(), "in use", "--data");
    assertThat(Files.isDirectory(folder)).as("a folder of the user's is not removed").isTrue();
  }

  private static String tinyModel() {
    return ROOT + "/tests/models/tiny";
  }

  private int run(String... arguments) {
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
