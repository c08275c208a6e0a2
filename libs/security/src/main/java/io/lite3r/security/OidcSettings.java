package io.lite3r.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
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

  /** The page's client at the issuer; with it the page has a login. */
  Optional<String> clientId();

  /** The client's secret, when the issuer gave it one. */
  Optional<String> clientSecret();

  /** The file that holds it; {@link SecuritySettings} reads it. */
  Optional<Path> clientSecretFile();

  /** The address at which browsers see the page; the issuer must know it plus /login/done. */
  Optional<URI> page();

  /** What the login asks for, words apart by spaces. */
  @WithDefault("openid")
  String scope();
}
