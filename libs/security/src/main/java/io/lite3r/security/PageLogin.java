package io.lite3r.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The page's login: authorization code with PKCE, by the console, which keeps nothing. Tokens go
 * into cookies that the page's scripts cannot read ({@link LoginCookies}), so that every picture,
 * tile and feed is asked for with them and none of them passes through JavaScript (docs/adr/0027).
 */
@ApplicationScoped
public class PageLogin {
  private static final Logger LOG = Logger.getLogger(PageLogin.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final OidcSettings settings;
  private final Tokens tokens;
  private final SecureRandom random = new SecureRandom();

  @Inject
  PageLogin(OidcSettings settings, Tokens tokens) {
    this.settings = settings;
    this.tokens = tokens;
    if (settings.clientId().isPresent() && (settings.page().isEmpty() || !tokens.areWanted())) {
      throw new IllegalArgumentException(
          "lite3r.oidc.client-id gives the page a login, which needs lite3r.oidc.issuer and lite3r.oidc.page, the address at which browsers see the page");
    }
  }

  /** A login that was begun: where the browser goes, and what it keeps meanwhile. */
  public record Begun(URI issuer, String attempt) {}

  /** A login that was finished: what was given, and where to go on the page. */
  public record Finished(LoginSession session, URI to) {}

  public boolean isOffered() {
    return settings.clientId().isPresent();
  }

  /** The cookies that hold a login. */
  public LoginCookies cookies() {
    return new LoginCookies(page());
  }

  /**
   * Whether a request that changes something comes from the page itself, by the header that
   * browsers set: a cookie says only whose browser it is.
   */
  public boolean isThePage(@Nullable String origin) {
    URI page = page();
    return (page.getScheme() + "://" + page.getRawAuthority()).equals(origin);
  }

  /**
   * @param to a path of the page; anything else is taken as its beginning
   */
  public Begun begin(String to) throws IOException {
    LoginAttempt attempt = LoginAttempt.of(random, to);
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", client());
    query.put("redirect_uri", answersTo());
    query.put("scope", settings.scope());
    query.put("state", attempt.state());
    query.put("code_challenge", attempt.challenge());
    query.put("code_challenge_method", "S256");
    return new Begun(
        asked(tokens.issuer().endpoint("authorization_endpoint"), query), attempt.cookie());
  }

  /**
   * @param attempt what the browser kept; null when it kept nothing
   * @param issuer who says that it answers (RFC 9207); null when it does not say
   * @throws IOException when the issuer does not answer
   */
  public Finished finish(
      @Nullable String attempt,
      @Nullable String state,
      @Nullable String code,
      @Nullable String issuer)
      throws LoginRefused, IOException {
    if (attempt == null || state == null) {
      throw new LoginRefused("this browser did not begin a login, or too long ago");
    }
    LoginAttempt begun = LoginAttempt.read(attempt);
    if (!begun.isAnsweredBy(state)) {
      throw new LoginRefused("this answer is to a login that another browser began");
    }
    if (issuer != null && !issuer.equals(settings.issuer().map(URI::toString).orElse(""))) {
      throw new LoginRefused("another issuer has answered");
    }
    if (code == null) {
      throw new LoginRefused("the issuer did not let you in");
    }
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", answersTo());
    form.put("code_verifier", begun.verifier());
    return new Finished(session(form), URI.create(slashless() + begun.to()));
  }

  /** The next access token. */
  public LoginSession renew(@Nullable String refreshToken) throws LoginRefused, IOException {
    if (refreshToken == null) {
      throw new LoginRefused("nobody is signed in, or the issuer gives no refresh tokens");
    }
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("refresh_token", refreshToken);
    return session(form);
  }

  /**
   * Tells the issuer that the refresh token is of no more use (RFC 7009); where the browser should
   * go so that the issuer forgets it, too.
   */
  public URI end(@Nullable String refreshToken) {
    try {
      Issuer issuer = tokens.issuer();
      Optional<URI> revocation = issuer.mayHave("revocation_endpoint");
      if (refreshToken != null && revocation.isPresent()) {
        ask(revocation.get(), Map.of("token", refreshToken, "token_type_hint", "refresh_token"));
      }
      Optional<URI> end = issuer.mayHave("end_session_endpoint");
      if (end.isPresent()) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("client_id", client());
        query.put("post_logout_redirect_uri", slashless() + "/");
        return asked(end.get(), query);
      }
    } catch (IOException e) {
      LOG.warnf("the issuer was not told that somebody signed out: %s", e);
    }
    return page();
  }

  /** Whom the access token lets in; empty when it is none, or no longer good. */
  public Optional<Caller> caller(@Nullable String accessToken) throws IOException {
    if (accessToken == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(tokens.caller(accessToken));
    } catch (BadToken e) {
      return Optional.empty();
    }
  }

  private LoginSession session(Map<String, String> form) throws LoginRefused, IOException {
    HttpResponse<String> response = ask(tokens.issuer().endpoint("token_endpoint"), form);
    JsonNode said = new ObjectMapper().readTree(response.body());
    if (response.statusCode() != 200 || !said.path("access_token").isTextual()) {
      // What went wrong is the issuer's to say, and for our log; codes and tokens are not in it.
      LOG.infof(
          "the issuer gave no token: %d %s %s",
          response.statusCode(),
          said.path("error").asText(),
          said.path("error_description").asText());
      throw new LoginRefused("the issuer did not let you in");
    }
    String token = said.path("access_token").asText();
    try {
      Caller caller = tokens.caller(token);
      return new LoginSession(
          token,
          said.path("refresh_token").isTextual() ? said.path("refresh_token").asText() : null,
          caller.left(Instant.now()).orElse(Duration.ofHours(1)));
    } catch (BadToken e) {
      LOG.warnf("the issuer gave a token that opens nothing here: %s", e.getMessage());
      throw new LoginRefused("the issuer's token opens nothing here: " + e.getMessage());
    }
  }

  private HttpResponse<String> ask(URI endpoint, Map<String, String> form) throws IOException {
    Map<String, String> all = new LinkedHashMap<>(form);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json");
    if (settings.clientSecret().isPresent()) {
      String pair = encoded(client()) + ":" + encoded(settings.clientSecret().get());
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    } else {
      all.put("client_id", client());
    }
    try {
      return Http.CLIENT.send(
          request.POST(BodyPublishers.ofString(form(all))).build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the issuer was asked", e);
    }
  }

  /** Made when it is first needed, which on a laptop is never. */
  private static final class Http {
    static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  }

  private String client() {
    return settings.clientId().orElseThrow();
  }

  private URI page() {
    return settings.page().orElseThrow();
  }

  private String slashless() {
    String page = page().toString();
    return page.endsWith("/") ? page.substring(0, page.length() - 1) : page;
  }

  private String answersTo() {
    return slashless() + "/login/done";
  }

  private static URI asked(URI endpoint, Map<String, String> query) {
    return URI.create(endpoint + (endpoint.getRawQuery() == null ? "?" : "&") + form(query));
  }

  private static String form(Map<String, String> values) {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
