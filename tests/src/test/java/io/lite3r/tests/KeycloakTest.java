package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The chain with every lock closed, and a real issuer of tokens. Slow: Keycloak builds itself. */
@Tag("infra-full")
class KeycloakTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Keycloak keycloak;
  private static SecureChain chain;
  private static String acme;

  @BeforeAll
  static void aSceneOfAcmes() throws Exception {
    keycloak = new Keycloak();
    chain = new SecureChain(keycloak.issuer());
    acme = keycloak.token("acme-rig", "made-for-a-test-acme");
    SecureChainTest.post(chain, "acme-yard", acme);
    SecureChainTest.awaitWhole(chain, "acme-yard", acme);
  }

  @AfterAll
  static void end() {
    if (chain != null) {
      chain.close();
    }
    if (keycloak != null) {
      keycloak.close();
    }
  }

  @Test
  void tokensOfKeycloakOpenTheirTenantsScenesAndNoOthers() throws Exception {
    String zeta = keycloak.token("zeta-viewer", "made-for-a-test-zeta");
    String shop = keycloak.token("shop", "made-for-a-test-shop");
    assertThat(keycloak.ask("acme-rig", "guessed").statusCode()).isEqualTo(401);

    assertThat(status("GET", "/api/scenes/acme-yard", zeta)).isEqualTo(404);
    assertThat(status("GET", "/api/scenes", zeta)).isEqualTo(200);
    assertThat(chain.send("console", "GET", "/api/scenes", zeta, null).body())
        .doesNotContain("acme");
    assertThat(status("DELETE", "/api/scenes/zeta-yard", zeta)).isEqualTo(403);
    assertThat(status("GET", "/api/scenes/acme-yard", shop)).isEqualTo(401);
    SecureChainTest.post(chain, "acme-shed", acme);
    SecureChainTest.awaitWhole(chain, "acme-shed", acme);
    assertThat(status("DELETE", "/api/scenes/acme-shed", acme)).isEqualTo(202);
  }

  /** Ada is a viewer: she sees, and may not take away. */
  @Test
  void aViewerSignsInOnThePageSeesTheSceneAndSignsOut() throws IOException {
    String page = chain.service("console").uri() + "/#acme-yard";
    try (Browser browser = new Browser()) {
      browser.open(page);
      browser.await("document.getElementById('sign-in') !== null", PATIENCE);
      assertThat(browser.script("document.body.dataset.connection")).isEqualTo("connecting");
      browser.script("document.getElementById('sign-in').click()");

      signIn(browser, "guessed");
      browser.await("document.querySelector('[id^=input-error]') !== null", PATIENCE);
      signIn(browser, "made-for-a-test-ada");

      browser.await("document.body.dataset.connection === 'live'", PATIENCE);
      browser.await("document.getElementById('canvas').dataset.triangles > 0", PATIENCE);
      browser.await("document.querySelector('#photo img').naturalWidth > 0", PATIENCE);
      assertThat(browser.script("location.href")).isEqualTo(page);
      assertThat(browser.script("document.querySelector('#who span').textContent"))
          .isEqualTo("acme");
      assertThat(browser.script("document.cookie")).as("what scripts see").isEqualTo("");
      assertThat(browser.script("getComputedStyle(document.getElementById('forget')).display"))
          .isEqualTo("none");
      assertThat(
              browser.script(
                  "fetch('/api/scenes/acme-yard', {method: 'DELETE'}).then(r => r.status)"))
          .as("a viewer's DELETE")
          .isEqualTo(403L);
      assertThat(browser.script("fetch('/login/renew', {method: 'POST'}).then(r => r.status)"))
          .isEqualTo(204L);

      browser.script("document.getElementById('sign-out').click()");
      browser.await("!location.href.startsWith('%s')".formatted(page), PATIENCE);
      browser.open(page);
      browser.await("document.getElementById('sign-in') !== null", PATIENCE);
    }
  }

  /** Keycloak's own form. */
  private static void signIn(Browser browser, String password) {
    browser.await(
        "document.readyState === 'complete' && document.getElementById('password') !== null",
        PATIENCE);
    browser.script("document.getElementById('username').value = 'ada'");
    browser.script("document.getElementById('password').value = '%s'".formatted(password));
    browser.script("document.getElementById('kc-login').click()");
  }

  private static int status(String method, String path, String token) {
    return chain.send("console", method, path, token, null).status();
  }
}
