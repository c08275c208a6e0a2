package io.lite3r.security;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who asks. A scene belongs to the tenant that its name begins with, up to the first hyphen: {@code
 * acme-yard} is acme's, and {@code yard} is nobody's but the unnamed tenant's of a system without
 * tokens.
 *
 * @param tenant null for the unnamed one, who has every scene
 * @param roles what the caller may do
 * @param until when the token ends; null for never
 */
public record Caller(@Nullable String tenant, Set<String> roles, @Nullable Instant until) {
  /** Whoever asks where no tokens are wanted. */
  public static final Caller UNNAMED = new Caller(null, Set.of(), null);

  private static final Pattern TENANT = Pattern.compile("[a-z0-9]{1,30}");

  public Caller {
    if (tenant != null && !TENANT.matcher(tenant).matches()) {
      throw new IllegalArgumentException("a tenant is named by 1 to 30 of a-z and 0-9");
    }
    roles = Set.copyOf(roles);
  }

  /** How long the token still holds, a moment at least; empty when it does for ever. */
  public Optional<Duration> left(Instant now) {
    return Optional.ofNullable(until)
        .map(end -> now.isBefore(end) ? Duration.between(now, end) : Duration.ofMillis(1));
  }

  /** Whether the scene is the caller's; every other is not there for it. */
  public boolean has(String scene) {
    return tenant == null || scene.startsWith(tenant + "-");
  }
}
