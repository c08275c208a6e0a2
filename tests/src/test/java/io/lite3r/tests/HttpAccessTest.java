package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.schemas.access.Access;
import io.lite3r.tests.HttpRoutes.Request;
import io.lite3r.tests.SecureChain.Answer;
import io.lite3r.tests.WithSecureChain.Locked;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every route against every token that must not open it. */
@Tag("infra")
@ExtendWith(WithSecureChain.class)
class HttpAccessTest {
  private static final Map<String, String> ROLES = Access.stated().routes();
  private static final byte[] NO_IMAGE = {1, 2, 3};

  @Test
  void everyRouteHasARuleAndEveryRuleARoute() {
    assertThat(HttpRoutes.found()).isEqualTo(new TreeSet<>(ROLES.keySet()));
  }

  @Test
  void noRouteOpensWithoutAGoodToken(Locked locked) {
    Map<String, Integer> answered = new TreeMap<>();
    Map<String, String> bad = new TreeMap<>(locked.issuer().badTokens("acme"));
    bad.put("none", null);
    for (Request request : HttpRoutes.about("acme-room", closed())) {
      bad.forEach(
          (why, token) ->
              answered.put(request.route() + ": " + why, ask(locked, request, token).status()));
    }
    assertThat(answered).hasSize(closed().size() * bad.size());
    assertThat(answered).allSatisfy((what, status) -> assertThat(status).as(what).isEqualTo(401));
  }

  @Test
  void aRoleOpensItsOwnRoutesAndNoOthers(Locked locked) {
    for (String role : Set.of("capture", "viewer", "operator", "somebody")) {
      String token = locked.issuer().token("acme", role);
      for (Request request : HttpRoutes.about("acme-nothing", closed())) {
        int status = ask(locked, request, token).status();
        if (ROLES.get(request.route()).equals(role)) {
          assertThat(status).as("%s as %s", request.route(), role).isNotIn(401, 403, 500);
        } else {
          assertThat(status).as("%s as %s", request.route(), role).isEqualTo(403);
        }
      }
    }
  }

  @Test
  void anotherTenantsSceneIsNotThereOnAnyRoute(Locked locked) {
    String token = locked.issuer().token("acme", "capture", "viewer", "operator");
    Set<String> aboutScenes =
        closed().stream().filter(route -> route.contains("{scene}")).collect(Collectors.toSet());
    assertThat(aboutScenes).hasSizeGreaterThan(9);
    for (String scene : Set.of("zeta-room", "acm-room", "acmes-room", "acme", "room")) {
      for (Request request : HttpRoutes.about(scene, aboutScenes)) {
        Answer answer = ask(locked, request, token);
        assertThat(answer.status()).as("%s of %s", request.route(), scene).isEqualTo(404);
        assertThat(answer.body()).contains("no scene " + scene);
      }
    }
  }

  @Test
  void theFeedEndsWithItsToken(Locked locked) throws Exception {
    String token = locked.issuer().tokenFor(Duration.ofSeconds(2), "acme", "viewer");

    String told = locked.chain().feed(token).get(30, TimeUnit.SECONDS);

    assertThat(told).contains("snapshot");
  }

  @Test
  void whatPrometheusAsksNeedsNoTokenAndThePageIsOnlyAPage(Locked locked) {
    assertThat(locked.chain().send("console", "GET", "/metrics", null, null).status())
        .isEqualTo(200);
    assertThat(locked.chain().send("console", "GET", "/", null, null).status()).isEqualTo(200);
  }

  @Test
  void anAnswerGuessesNothingFramesNothingAndTellsNoTrace(Locked locked) {
    String token = locked.issuer().token("acme", "capture", "viewer", "operator");
    for (Request request : HttpRoutes.about("acme-%00..%2f", HttpRoutes.found())) {
      Answer answer = ask(locked, request, token);
      assertThat(answer.headers().map())
          .as(request.route())
          .containsKeys(
              "x-content-type-options",
              "x-frame-options",
              "referrer-policy",
              "cross-origin-resource-policy");
      assertThat(answer.status()).as(request.route()).isNotEqualTo(500);
      assertThat(answer.body())
          .as(request.route())
          .doesNotContain("Exception", "at io.lite3r", "127.0.0.1");
    }
  }

  /** The routes that need a token. */
  private static Set<String> closed() {
    Set<String> closed = new TreeSet<>(HttpRoutes.found());
    closed.removeIf(route -> Access.ANYONE.equals(ROLES.get(route)));
    return closed;
  }

  private static Answer ask(Locked locked, Request request, String token) {
    byte[] body = request.method().equals("POST") ? NO_IMAGE : null;
    return locked.chain().send(request.service(), request.method(), request.path(), token, body);
  }
}
