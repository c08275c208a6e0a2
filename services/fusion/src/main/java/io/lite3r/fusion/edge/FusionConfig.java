package io.lite3r.fusion.edge;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** What fusion can be told. */
@ConfigMapping(prefix = "lite3r.fusion")
public interface FusionConfig {
  /**
   * Edge of a voxel in scene units; when not set, a hundredth of the median depth of a scene's
   * first window.
   */
  OptionalDouble voxelSize();

  /** Whether places that were seen before are looked for in pictures, and windows tied to them. */
  @WithDefault("true")
  boolean loops();

  /** Threads that integrate and mesh; as many as there are cores when not set. */
  OptionalInt threads();

  /**
   * What the voxels of a scene may take in memory between two windows; the rest lies in the object
   * store until it is wanted.
   */
  @WithDefault("1G")
  MemorySize volumeBudget();

  /** A scene is published at most this often, except for its first window and ends of captures. */
  @WithDefault("PT1S")
  Duration publishInterval();

  /** Windows between two snapshots of the volume; a restart integrates at most as many again. */
  @WithDefault("32")
  int snapshotWindows();

  /** So many of the newest versions of a scene are kept, and each with which a capture ended. */
  @WithDefault("100")
  int keepVersions();

  /** Of older versions the last in each of these is kept; PT0S keeps none for its time. */
  @WithDefault("PT1H")
  Duration keepEvery();
}
