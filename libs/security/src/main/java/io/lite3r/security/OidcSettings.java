package io.lite3r.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.Optional;

/** Whose tokens open the APIs. Without an issuer they are open to whoever reaches them. */
@ConfigMapping(prefix = "lite3r.oidc")
public interface OidcSettings {
  /** The OpenID Connect issuer, as its tokens name it; its keys are found from there. */
  Optional<URI> issuer();

  /** What a token must name as its audience. */
  @WithDefault("lite3r")
  String audience();

  /** The claim that names the tenant. */
  @WithDefault("tenant")
  String tenantClaim();

  /** Where the roles are in the token; a dot goes one level down. */
  @WithDefault("realm_access.roles")
  String rolesClaim();
}
