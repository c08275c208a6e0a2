package io.lite3r.reconstruction.edge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * ONNX Runtime 1.29 copies the process's command line into a buffer of one page without looking at
 * its length: with a class path of a hundred jars behind {@code -cp} the process dies of a
 * segmentation fault, without a word. So the length is looked at here, first.
 */
final class CommandLineLimit {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  /** Died at 4000 characters and more, lived at 3000; a page holds 4096. */
  private static final int LONGEST = 3800;

  private CommandLineLimit() {}

  static void check() {
    if (!Files.isReadable(COMMAND_LINE)) {
      return;
    }
    try {
      check(Files.readAllBytes(COMMAND_LINE).length);
    } catch (IOException e) {
      throw new IllegalStateException("%s cannot be read".formatted(COMMAND_LINE), e);
    }
  }

  static void check(int length) {
    if (length > LONGEST) {
      throw new IllegalStateException(
          "this process was started with a command line of %d characters; ONNX Runtime crashes beyond %d. Start it with java -jar, or put the class path into the variable CLASSPATH or an @argfile"
              .formatted(length, LONGEST));
    }
  }
}
