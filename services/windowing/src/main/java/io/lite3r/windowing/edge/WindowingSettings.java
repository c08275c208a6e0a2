package io.lite3r.windowing.edge;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/** Settings of the windowing service; the first five decide windows and are part of their ids. */
@ConfigMapping(prefix = "lite3r.windowing")
public interface WindowingSettings {

  /** Views wanted in a window. */
  @WithDefault("6")
  int views();

  /** Views a window shares with the one before it. */
  @WithDefault("1")
  int sharedViews();

  /** Frames of a rig's cameras this close in time are one instant. */
  @WithDefault("PT0.025S")
  Duration tolerance();

  /** Stream time to wait for cameras to show up when the sender does not name the rig's. */
  @WithDefault("PT1S")
  Duration discovery();

  /**
   * Stream time between instants that are kept; those in between are left out as redundant. Zero
   * keeps all.
   */
  @WithDefault("PT0S")
  Duration interval();

  /** How often results are committed, and so become visible to the next stage. */
  @WithDefault("PT0.1S")
  Duration commitInterval();

  /** A live camera that is quiet for this long is recorded as silent: its rig goes on. */
  @WithDefault("PT5S")
  Duration silentAfter();

  /** A live camera that is quiet for this long is recorded as ended. */
  @WithDefault("PT10M")
  Duration endedAfter();

  /** Threads; more than there are partitions of {@code frames} are idle. */
  @WithDefault("1")
  int threads();

  /** Folder for Kafka Streams; stores are in memory, so next to nothing is written. */
  @WithDefault("${java.io.tmpdir}/lite3r-windowing")
  Path stateDir();
}
