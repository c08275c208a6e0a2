package io.lite3r.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a clone needs before anything runs. */
class LauncherTest {
  private static final String JDK = System.getProperty("java.home");

  /**
   * With nothing on the error output: a cache that the JVM refuses must not be heard of, either.
   */
  @Test
  void itFindsAJdkOnThePathWhenJavaHomeLeadsNowhere() throws Exception {
    assertThat(version(Map.of("JAVA_HOME", "/nowhere", "PATH", JDK + "/bin:/usr/bin:/bin")))
        .isEqualTo("Lite3R Stream 0.1.0");
  }

  @Test
  void itTakesJavaHomeWhenThereIsNoneOnThePath() throws Exception {
    assertThat(version(Map.of("JAVA_HOME", JDK, "PATH", "/usr/bin:/bin")))
        .isEqualTo("Lite3R Stream 0.1.0");
  }

  @Test
  void theCaptureThatShipsIsUnderThreeMegabytes() throws IOException {
    try (Stream<Path> files = Files.walk(Repository.SAMPLE)) {
      assertThat(files.filter(Files::isRegularFile).mapToLong(LauncherTest::size).sum())
          .isBetween(1L, 3_000_000L);
    }
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  /** All that {@code ./lite3r --version} says on both outputs. */
  private static String version(Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(Repository.ROOT.resolve("lite3r").toString(), "--version")
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
