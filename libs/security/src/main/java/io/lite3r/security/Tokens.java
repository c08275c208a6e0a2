package io.lite3r.security;

import com.nimbusds.jwt.JWTClaimsSet;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Caller} of a bearer token. Made when it is first asked, not with the filter: that
 * is when the application's configuration is not there yet.
 */
@ApplicationScoped
class Tokens {
  private static final Pattern DOT = Pattern.compile("\\.");

  private final OidcSettings settings;
  private volatile @Nullable Issuer issuer;

  @Inject
  Tokens(OidcSettings settings) {
    this.settings = settings;
  }

  boolean areWanted() {
    return settings.issuer().isPresent();
  }

  /** Finds the issuer, unless that was done. */
  Issuer issuer() throws IOException {
    Issuer found = issuer;
    if (found == null) {
      URI place = settings.issuer().orElseThrow();
      synchronized (this) {
        found = issuer;
        if (found == null) {
          found = Issuer.discover(place, settings.audience());
          issuer = found;
        }
      }
    }
    return found;
  }

  /**
   * Who the token is of.
   *
   * @throws IOException when the issuer cannot be asked
   */
  Caller caller(String token) throws BadToken, IOException {
    JWTClaimsSet claims = issuer().claims(token);
    if (!(claims.getClaim(settings.tenantClaim()) instanceof String tenant)) {
      throw new BadToken("the token has no claim '%s'".formatted(settings.tenantClaim()));
    }
    try {
      return new Caller(tenant, roles(claims), claims.getExpirationTime().toInstant());
    } catch (IllegalArgumentException e) {
      throw new BadToken("claim '%s': %s".formatted(settings.tenantClaim(), e.getMessage()));
    }
  }

  private Set<String> roles(JWTClaimsSet claims) {
    Object at = claims.toJSONObject();
    for (String step : DOT.split(settings.rolesClaim())) {
      at = at instanceof Map<?, ?> level ? level.get(step) : null;
    }
    return at instanceof Collection<?> roles
        ? roles.stream().map(String::valueOf).collect(Collectors.toSet())
        : Set.of();
  }
}
