package io.lite3r.schemas;

import java.nio.file.Path;

/** Where the bytes of releases are kept. Files there are added and never changed. */
final class Released {
  static final Path V1 = Path.of(System.getProperty("lite3r.root"), "schemas/released/v1");

  private Released() {}
}
