package io.lite3r.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.util.Optional;
import java.util.Set;

/**
 * An OpenID Connect issuer and its keys, found by discovery (OpenID Connect Discovery 1.0). Keys
 * are kept, fetched anew before they are old, and again when a token names one that is not known.
 */
final class Issuer {
  private static final int TIMEOUT_MS = 2000;
  private static final int MOST_BYTES = 1 << 18;

  /** Public-key signatures alone: with a shared secret, whoever can check a token can make one. */
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);

  private final DefaultJWTProcessor<SecurityContext> processor;

  private final JsonNode said;

  private Issuer(DefaultJWTProcessor<SecurityContext> processor, JsonNode said) {
    this.processor = processor;
    this.said = said;
  }

  /**
   * Asks the issuer where its keys are.
   *
   * @throws IOException when it does not answer, or calls itself something else
   */
  static Issuer discover(URI issuer, String audience) throws IOException {
    DefaultResourceRetriever http =
        new DefaultResourceRetriever(TIMEOUT_MS, TIMEOUT_MS, MOST_BYTES);
    String place = issuer.toString();
    String slashless = place.endsWith("/") ? place.substring(0, place.length() - 1) : place;
    URL discovery = URI.create(slashless + "/.well-known/openid-configuration").toURL();
    JsonNode said = new ObjectMapper().readTree(http.retrieveResource(discovery).getContent());
    if (!said.path("issuer").asText().equals(place)) {
      throw new IOException(
          "the issuer at %s calls itself %s; lite3r.oidc.issuer must be the same word for word"
              .formatted(place, said.path("issuer").asText()));
    }
    var keys =
        JWKSourceBuilder.<SecurityContext>create(
                URI.create(said.path("jwks_uri").asText()).toURL(), http)
            .retrying(true)
            .build();
    try {
      keys.get(
          new JWKSelector(new JWKMatcher.Builder().build()),
          null); // the first caller need not wait
    } catch (KeySourceException e) {
      throw new IOException("the issuer's keys cannot be had", e);
    }
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt")));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            audience, new JWTClaimsSet.Builder().issuer(place).build(), Set.of("exp")));
    return new Issuer(processor, said);
  }

  /**
   * Where the issuer does this, by its discovery's name for it.
   *
   * @throws IOException when it does not say
   */
  URI endpoint(String name) throws IOException {
    return mayHave(name)
        .orElseThrow(() -> new IOException("the issuer's discovery names no " + name));
  }

  Optional<URI> mayHave(String name) {
    return said.path(name).isTextual()
        ? Optional.of(URI.create(said.path(name).asText()))
        : Optional.empty();
  }

  /**
   * What the token claims, when this issuer signed it for our audience and it has not ended.
   *
   * @throws IOException when the issuer's keys cannot be had
   */
  JWTClaimsSet claims(String token) throws BadToken, IOException {
    try {
      return processor.process(token, null);
    } catch (ParseException e) {
      throw new BadToken("the bearer token is no signed JWT");
    } catch (BadJOSEException e) {
      throw new BadToken(String.valueOf(e.getMessage()));
    } catch (KeySourceException e) {
      throw new IOException("the issuer's keys cannot be had", e);
    } catch (JOSEException e) {
      throw new BadToken("the bearer token cannot be checked");
    }
  }
}
