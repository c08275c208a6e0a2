package io.lite3r.security;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * A login that was begun and not finished: what only the browser that began it knows. It lies in a
 * cookie of that browser, so that any replica can finish it.
 *
 * @param state comes back with the answer, and ties the answer to this browser (RFC 6749, 10.12)
 * @param verifier proves to the issuer that who began asks for the token (PKCE, RFC 7636)
 * @param to where on the page to go afterwards
 */
record LoginAttempt(String state, String verifier, String to) {
  private static final int BYTES = 32;
  private static final int LONGEST_PLACE = 300;
  private static final Pattern DOT = Pattern.compile("\\.");

  /** A path of this page: what begins with two slashes is elsewhere. */
  private static final Pattern PLACE =
      Pattern.compile("/(?!/)[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*(#[A-Za-z0-9._~:/?@!$&'()*+,;=%-]*)?");

  static LoginAttempt of(SecureRandom random, String to) {
    return new LoginAttempt(word(random), word(random), isHere(to) ? to : "/");
  }

  private static boolean isHere(String to) {
    if (to.length() > LONGEST_PLACE || !PLACE.matcher(to).matches()) {
      return false;
    }
    try {
      return URI.create(to).getRawAuthority() == null;
    } catch (IllegalArgumentException e) {
      return false; // a percent sign without its digits
    }
  }

  /**
   * @throws LoginRefused when the cookie is none of ours
   */
  static LoginAttempt read(String cookie) throws LoginRefused {
    String[] parts = DOT.split(cookie, -1);
    if (parts.length != 3) {
      throw new LoginRefused("this browser did not begin a login");
    }
    try {
      String to = new String(Base64.getUrlDecoder().decode(parts[2]), StandardCharsets.UTF_8);
      return new LoginAttempt(parts[0], parts[1], isHere(to) ? to : "/");
    } catch (IllegalArgumentException e) {
      throw new LoginRefused("this browser did not begin a login");
    }
  }

  String cookie() {
    return state + "." + verifier + "." + encoded(to.getBytes(StandardCharsets.UTF_8));
  }

  /** The verifier's S256 challenge. */
  String challenge() {
    try {
      return encoded(
          MessageDigest.getInstance("SHA-256")
              .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  boolean isAnsweredBy(String answered) {
    return MessageDigest.isEqual(
        state.getBytes(StandardCharsets.UTF_8), answered.getBytes(StandardCharsets.UTF_8));
  }

  private static String word(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return encoded(bytes);
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
