package io.lite3r.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.OptionalInt;

/** How many requests one tenant may make of one process. */
@ConfigMapping(prefix = "lite3r.requests")
public interface LimitSettings {
  /** Requests a second on average; 0 for no limit. */
  @WithDefault("0")
  int perSecond();

  /** Requests at once, after a time of quiet; ten seconds' worth unless stated. */
  OptionalInt burst();
}
