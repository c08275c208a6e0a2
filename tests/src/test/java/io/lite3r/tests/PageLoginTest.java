package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.tests.WithSecureChain.Locked;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page's login, as browsers of different people would use and misuse it. */
@Tag("infra")
@ExtendWith(WithSecureChain.class)
class PageLoginTest {
  private static final String SCENE = "/api/scenes/acme-never";

  @Test
  void whoeverSignsInSeesTheTenantsScenesByCookiesThatNoScriptReads(Locked locked)
      throws Exception {
    Person ada = new Person(locked);
    assertThat(ada.get("/api/scenes").statusCode()).isEqualTo(401);
    assertThat(ada.get("/login/who").body()).isEqualTo("{\"login\":true}");

    HttpResponse<String> done = ada.signIn("/#acme-yard");

    assertThat(done.statusCode()).isEqualTo(303);
    assertThat(done.headers().firstValue("Location").orElse("")).endsWith("/#acme-yard");
    assertThat(done.headers().firstValue("Cache-Control")).contains("no-store");
    List<String> set = done.headers().allValues("Set-Cookie");
    assertThat(set)
        .hasSize(3)
        .allMatch(cookie -> cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    assertThat(set).anyMatch(c -> c.startsWith("lite3r-refresh=") && c.contains("Path=/login"));
    assertThat(ada.get("/api/scenes").statusCode()).isEqualTo(200);
    assertThat(ada.get("/api/scenes/zeta-yard").statusCode()).isEqualTo(404);
    assertThat(ada.get("/login/who").body())
        .contains("\"tenant\":\"acme\"", "operator", "viewer", "left_ms");
  }

  @Test
  void aCookieChangesNothingForAnotherSitesPage(Locked locked) throws Exception {
    Person ada = new Person(locked);
    ada.signIn("/");

    assertThat(ada.send("DELETE", SCENE, null).statusCode()).isEqualTo(403);
    assertThat(ada.send("DELETE", SCENE, "http://evil.example").statusCode()).isEqualTo(403);
    assertThat(ada.send("DELETE", SCENE, "null").statusCode()).isEqualTo(403);
    assertThat(ada.send("DELETE", SCENE, ada.page()).statusCode()).isEqualTo(404);
    assertThat(ada.send("POST", "/login/end", "http://evil.example").statusCode()).isEqualTo(400);
    assertThat(ada.send("POST", "/login/renew", null).statusCode()).isEqualTo(400);
  }

  @Test
  void aLoginIsFinishedByTheBrowserThatBeganItAndOnce(Locked locked) throws Exception {
    Person ada = new Person(locked);
    Person eve = new Person(locked);
    URI answer = ada.answerOf("/");
    eve.answerOf("/");

    assertThat(eve.get(answer).statusCode()).as("another browser").isEqualTo(400);
    assertThat(new Person(locked).get(answer).statusCode()).as("no login begun").isEqualTo(400);
    URI foreign = URI.create(answer.toString().replaceFirst("iss=[^&]*", "iss=http://evil"));
    assertThat(ada.get(foreign).statusCode()).as("another issuer").isEqualTo(400);
    URI refused = URI.create(answer.toString().replaceFirst("code=[^&]*", "error=access_denied"));
    assertThat(ada.get(refused).statusCode()).as("refused by the issuer").isEqualTo(400);
    URI guessed = URI.create(answer.toString().replaceFirst("code=[^&]*", "code=guessed"));
    assertThat(ada.get(guessed).statusCode()).as("a code of nobody's").isEqualTo(400);
    assertThat(ada.get("/api/scenes").statusCode()).isEqualTo(401);

    assertThat(ada.get(answer).statusCode()).isEqualTo(303);
    assertThat(ada.get(answer).statusCode()).as("a second time").isEqualTo(400);
  }

  @Test
  void afterwardsTheBrowserIsOnThisPageAndNowhereElse(Locked locked) throws Exception {
    for (String to :
        List.of("//evil.example", "/\\evil.example", "https://evil.example", "", "/a b")) {
      HttpResponse<String> done = new Person(locked).signIn(to);
      assertThat(done.headers().firstValue("Location"))
          .as(to)
          .contains(locked.chain().service("console").uri() + "/");
    }
  }

  @Test
  void aSessionIsRenewedUntilItEndsHereAndAtTheIssuer(Locked locked) throws Exception {
    Person ada = new Person(locked);
    ada.signIn("/");
    String first = ada.cookie("lite3r-refresh");

    assertThat(ada.send("POST", "/login/renew", ada.page()).statusCode()).isEqualTo(204);
    String second = ada.cookie("lite3r-refresh");
    assertThat(second).isNotEqualTo(first);
    assertThat(locked.issuer().refreshTokens()).contains(second).doesNotContain(first);

    HttpResponse<String> end = ada.send("POST", "/login/end", ada.page());

    assertThat(end.body()).contains(locked.issuer().uri() + "/goodbye", "lite3r-page");
    assertThat(locked.issuer().refreshTokens()).doesNotContain(second);
    assertThat(ada.get("/api/scenes").statusCode()).isEqualTo(401);
    assertThat(ada.send("POST", "/login/renew", ada.page()).statusCode()).isEqualTo(401);
  }

  /** One browser. */
  private static final class Person {
    private final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
    private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();
    private final URI console;

    Person(Locked locked) {
      this.console = locked.chain().service("console").uri();
    }

    String page() {
      return console.toString();
    }

    HttpResponse<String> signIn(String to) throws Exception {
      return get(answerOf(to));
    }

    /** Begins a login; the address to which the issuer then sends the browser back. */
    URI answerOf(String to) throws Exception {
      String place = URLEncoder.encode(to, StandardCharsets.UTF_8);
      HttpResponse<String> begun = get("/login?to=" + place);
      assertThat(begun.statusCode()).as(begun.body()).isEqualTo(302);
      String issuer = begun.headers().firstValue("Location").orElseThrow();
      assertThat(issuer).contains("code_challenge_method=S256", "response_type=code", "state=");
      return URI.create(get(URI.create(issuer)).headers().firstValue("Location").orElseThrow());
    }

    HttpResponse<String> get(String path) throws Exception {
      return get(console.resolve(path));
    }

    HttpResponse<String> get(URI address) throws Exception {
      return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }

    /**
     * @param origin as a browser would state it; null for none
     */
    HttpResponse<String> send(String method, String path, String origin) throws Exception {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(console.resolve(path)).method(method, BodyPublishers.noBody());
      if (origin != null) {
        request.header("Origin", origin);
      }
      return http.send(request.build(), BodyHandlers.ofString());
    }

    String cookie(String name) {
      return cookies.getCookieStore().getCookies().stream()
          .filter(cookie -> cookie.getName().equals(name))
          .map(HttpCookie::getValue)
          .findFirst()
          .orElseThrow();
    }
  }
}
