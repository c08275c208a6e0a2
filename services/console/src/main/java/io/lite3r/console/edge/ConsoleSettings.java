package io.lite3r.console.edge;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings of the console. */
@ConfigMapping(prefix = "lite3r.console")
public interface ConsoleSettings {
  /** How often the stages' progress is read and told to viewers. */
  @WithDefault("PT1S")
  Duration healthPeriod();

  /** How often viewers hear of changed scenes; changes in between are folded into one event. */
  @WithDefault("PT0.1S")
  Duration feedPeriod();
}
