package io.lite3r.capture.edge;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the capture service. */
@ConfigMapping(prefix = "lite3r.capture")
public interface CaptureSettings {

  /** Which originals are kept in the object store. */
  @WithDefault("all")
  Originals originals();

  /** Most bytes of an image. */
  @WithDefault("25165824")
  int maxImageBytes();

  /** Most pixels of an image. */
  @WithDefault("50000000")
  long maxImagePixels();

  /** Images decoded side by side; 0 is one for each core. */
  @WithDefault("0")
  int threads();

  /** Policy for originals. */
  enum Originals {
    ALL,
    NONE
  }
}
