package io.lite3r.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where things lie in the checkout that is tested. */
final class Repository {
  static final Path ROOT =
      Path.of(System.getProperty("lite3r.root", "..")).toAbsolutePath().normalize();
  static final Path TARGET = ROOT.resolve("tests/target");
  static final Path TINY_MODEL = ROOT.resolve("tests/models/tiny");
  static final Path SHIPPED_MODEL = ROOT.resolve("models/lite3r-small");
  static final Path SAMPLE = ROOT.resolve("samples/two-camera-room");

  /** Real captures lie beside the checkout, not in it; tests that measure on them skip without. */
  static final Path REAL_CAPTURES = ROOT.resolveSibling("shared").resolve("data");

  private Repository() {}

  /** The application of one service; throws with the cure when it has not been packaged. */
  static Path application(String service) {
    Path jar = ROOT.resolve("services/%s/target/quarkus-app/quarkus-run.jar".formatted(service));
    if (!Files.isRegularFile(jar)) {
      throw new IllegalStateException(
          "%s is missing: package the services first, ./mvnw verify does".formatted(jar));
    }
    return jar;
  }

  /** A new empty folder under target. */
  static Path scratch(String name) {
    try {
      Path parent = Files.createDirectories(TARGET.resolve("chain"));
      return Files.createTempDirectory(parent, name + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
