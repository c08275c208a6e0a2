package io.lite3r.tests;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * An OpenID Connect issuer as small as one can be: discovery, keys, whatever token is wanted, and a
 * login that asks nobody: whoever comes is acme's viewer and operator.
 */
final class TokenIssuer implements AutoCloseable {
  private final HttpServer server;
  private final RSAKey key;
  private final RSAKey strangersKey;
  private final Map<String, String> challenges = new ConcurrentHashMap<>();
  private final Set<String> refreshTokens = ConcurrentHashMap.newKeySet();

  TokenIssuer() {
    try {
      key = new RSAKeyGenerator(2048).keyID("today").generate();
      strangersKey = new RSAKeyGenerator(2048).keyID("today").generate();
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    answer(
        "/.well-known/openid-configuration",
        """
        {"issuer": "%1$s", "jwks_uri": "%1$s/keys", "authorization_endpoint": "%1$s/authorize",
         "token_endpoint": "%1$s/token", "revocation_endpoint": "%1$s/revoke",
         "end_session_endpoint": "%1$s/goodbye"}
        """
            .formatted(uri()));
    server.createContext("/authorize", this::authorize);
    server.createContext("/token", this::give);
    server.createContext("/revoke", this::revoke);
    answer("/keys", new JWKSet(key.toPublicJWK()).toString());
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** A good token of a tenant's user. */
  String token(String tenant, String... roles) {
    return signed(claims(tenant, roles).build(), key);
  }

  /** One that ends soon. */
  String tokenFor(Duration left, String tenant, String... roles) {
    Date end = Date.from(Instant.now().plus(left));
    return signed(claims(tenant, roles).expirationTime(end).build(), key);
  }

  /** Tokens that must open nothing, by what is wrong with them; all have every role. */
  Map<String, String> badTokens(String tenant) {
    String[] roles = {"capture", "viewer", "operator"};
    Date past = Date.from(Instant.now().minus(Duration.ofMinutes(5)));
    return Map.of(
        "no JWT", "nonsense",
        "no signature", new PlainJWT(claims(tenant, roles).build()).serialize(),
        "a stranger's signature", signed(claims(tenant, roles).build(), strangersKey),
        "ended", signed(claims(tenant, roles).expirationTime(past).build(), key),
        "for others", signed(claims(tenant, roles).audience("shop").build(), key),
        "by another issuer", signed(claims(tenant, roles).issuer("http://evil").build(), key),
        "without a tenant", signed(claims(null, roles).build(), key),
        "of a tenant that is no name", signed(claims("a-b", roles).build(), key));
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private JWTClaimsSet.Builder claims(String tenant, String... roles) {
    return new JWTClaimsSet.Builder()
        .issuer(uri().toString())
        .audience("lite3r")
        .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(10))))
        .claim("tenant", tenant)
        .claim("realm_access", Map.of("roles", List.of(roles)));
  }

  private static String signed(JWTClaimsSet claims, RSAKey key) {
    try {
      SignedJWT jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256)
                  .keyID(key.getKeyID())
                  .type(JOSEObjectType.JWT)
                  .build(),
              claims);
      jwt.sign(new RSASSASigner(key));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> asked = form(exchange.getRequestURI().getRawQuery());
    String code = "code-" + challenges.size();
    challenges.put(code, asked.get("code_challenge"));
    exchange
        .getResponseHeaders()
        .add(
            "Location",
            "%s?state=%s&code=%s&iss=%s"
                .formatted(asked.get("redirect_uri"), asked.get("state"), code, uri()));
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  /** A code is good once, with the verifier of its challenge; a refresh token until the next. */
  private void give(HttpExchange exchange) throws IOException {
    Map<String, String> form =
        form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    boolean isGood =
        "lite3r-page".equals(form.get("client_id"))
            && (form.get("grant_type").equals("refresh_token")
                ? refreshTokens.remove(form.get("refresh_token"))
                : challenge(form.get("code_verifier"))
                    .equals(challenges.put(form.get("code"), "")));
    String refresh = "refresh-" + UUID.randomUUID();
    if (isGood) {
      refreshTokens.add(refresh);
    }
    respond(
        exchange,
        isGood ? 200 : 400,
        isGood
            ? "{\"access_token\": \"%s\", \"refresh_token\": \"%s\"}"
                .formatted(token("acme", "viewer", "operator"), refresh)
            : "{\"error\": \"invalid_grant\"}");
  }

  private void revoke(HttpExchange exchange) throws IOException {
    refreshTokens.remove(
        form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
            .get("token"));
    respond(exchange, 200, "{}");
  }

  /** Refresh tokens that would still be taken. */
  Set<String> refreshTokens() {
    return refreshTokens;
  }

  private static Map<String, String> form(String text) {
    return Arrays.stream(text.split("&"))
        .map(pair -> pair.split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void respond(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void answer(String path, String json) {
    server.createContext(path, exchange -> respond(exchange, 200, json));
  }
}
