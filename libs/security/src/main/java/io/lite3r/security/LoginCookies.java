package io.lite3r.security;

import jakarta.ws.rs.core.Cookie;
import jakarta.ws.rs.core.NewCookie;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The three cookies of a login. No script reads them, no other site's request brings them, and over
 * https no other host can set them (RFC 6265bis: {@code __Host-}, {@code __Secure-}).
 */
public final class LoginCookies {
  /** What every browser stores of one cookie, less its name and attributes. */
  private static final int MOST_CHARACTERS = 3900;

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String LOGIN = "/login";

  private final boolean isSecure;

  LoginCookies(URI page) {
    this.isSecure = "https".equals(page.getScheme());
  }

  /** The access token that came with a request. */
  public @Nullable String access(Map<String, Cookie> cookies) {
    return value(cookies, access());
  }

  public @Nullable String refresh(Map<String, Cookie> cookies) {
    return value(cookies, refresh());
  }

  public @Nullable String attempt(Map<String, Cookie> cookies) {
    return value(cookies, attempt());
  }

  /** Kept while somebody is at the issuer, whose answer comes from another site: hence lax. */
  public NewCookie attempt(String value) {
    return cookie(attempt(), value, LOGIN, PATIENCE, NewCookie.SameSite.LAX);
  }

  /**
   * Those of a session; the attempt's goes.
   *
   * @throws LoginRefused when a token is longer than a cookie can be
   */
  public NewCookie[] session(LoginSession session) throws LoginRefused {
    String refresh = session.refreshToken();
    int longest = Math.max(session.accessToken().length(), refresh == null ? 0 : refresh.length());
    if (longest > MOST_CHARACTERS) {
      throw new LoginRefused(
          "the issuer's token has %d characters, and a cookie holds %d: let the issuer put fewer claims into it"
              .formatted(longest, MOST_CHARACTERS));
    }
    return new NewCookie[] {
      cookie(access(), session.accessToken(), "/", session.left(), NewCookie.SameSite.STRICT),
      // Ends with the browser: how long it holds is the issuer's to say.
      refresh == null
          ? gone(refresh(), LOGIN)
          : cookie(refresh(), refresh, LOGIN, null, NewCookie.SameSite.STRICT),
      gone(attempt(), LOGIN)
    };
  }

  /** All of them gone. */
  public NewCookie[] none() {
    return new NewCookie[] {gone(access(), "/"), gone(refresh(), LOGIN), gone(attempt(), LOGIN)};
  }

  private String access() {
    return isSecure ? "__Host-lite3r" : "lite3r";
  }

  private String refresh() {
    return (isSecure ? "__Secure-" : "") + "lite3r-refresh";
  }

  private String attempt() {
    return (isSecure ? "__Secure-" : "") + "lite3r-attempt";
  }

  private NewCookie cookie(
      String name, String value, String path, @Nullable Duration age, NewCookie.SameSite sameSite) {
    return new NewCookie.Builder(name)
        .value(value)
        .path(path)
        .maxAge(age == null ? NewCookie.DEFAULT_MAX_AGE : (int) Math.max(1, age.toSeconds()))
        .httpOnly(true)
        .secure(isSecure)
        .sameSite(sameSite)
        .build();
  }

  private NewCookie gone(String name, String path) {
    return new NewCookie.Builder(name)
        .value("")
        .path(path)
        .maxAge(0)
        .httpOnly(true)
        .secure(isSecure)
        .sameSite(NewCookie.SameSite.STRICT)
        .build();
  }

  private static @Nullable String value(Map<String, Cookie> cookies, String name) {
    Cookie cookie = cookies.get(name);
    return cookie == null || cookie.getValue().isEmpty() ? null : cookie.getValue();
  }
}
