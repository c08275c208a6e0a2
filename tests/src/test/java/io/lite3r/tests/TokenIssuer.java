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
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;

/**
 * An OpenID Connect issuer as small as one can be: discovery, keys, and whatever token is wanted.
 */
final class TokenIssuer implements AutoCloseable {
  private final HttpServer server;
  private final RSAKey key;
  private final RSAKey strangersKey;

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
        "{\"issuer\": \"%1$s\", \"jwks_uri\": \"%1$s/keys\"}".formatted(uri()));
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

  private void answer(String path, String json) {
    server.createContext(
        path,
        exchange -> {
          byte[] body = json.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }
}
