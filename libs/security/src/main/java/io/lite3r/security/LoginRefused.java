package io.lite3r.security;

/** Somebody did not get in by the page's login; the message says why, for that person. */
public final class LoginRefused extends Exception {
  private static final long serialVersionUID = 1;

  LoginRefused(String message) {
    super(message);
  }
}
