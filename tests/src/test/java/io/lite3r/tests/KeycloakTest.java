package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The chain with every lock closed, and a real issuer of tokens. Slow: Keycloak builds itself. */
@Tag("infra-full")
class KeycloakTest {
  @Test
  void tokensOfKeycloakOpenTheirTenantsScenesAndNoOthers() throws Exception {
    try (Keycloak keycloak = new Keycloak();
        SecureChain chain = new SecureChain(keycloak.issuer())) {
      String acme = keycloak.token("acme-rig", "made-for-a-test-acme");
      String zeta = keycloak.token("zeta-viewer", "made-for-a-test-zeta");
      String shop = keycloak.token("shop", "made-for-a-test-shop");
      assertThat(keycloak.ask("acme-rig", "guessed").statusCode()).isEqualTo(401);

      SecureChainTest.post(chain, "acme-yard", acme);
      SecureChainTest.awaitWhole(chain, "acme-yard", acme);

      assertThat(status(chain, "GET", "/api/scenes/acme-yard", zeta)).isEqualTo(404);
      assertThat(status(chain, "GET", "/api/scenes", zeta)).isEqualTo(200);
      assertThat(chain.send("console", "GET", "/api/scenes", zeta, null).body())
          .doesNotContain("acme");
      assertThat(status(chain, "DELETE", "/api/scenes/zeta-yard", zeta)).isEqualTo(403);
      assertThat(status(chain, "GET", "/api/scenes/acme-yard", shop)).isEqualTo(401);
      assertThat(status(chain, "DELETE", "/api/scenes/acme-yard", acme)).isEqualTo(202);
    }
  }

  private static int status(SecureChain chain, String method, String path, String token) {
    return chain.send("console", method, path, token, null).status();
  }
}
