package io.lite3r.security;

/** A token that opens nothing; the message may be told to whoever sent it. */
final class BadToken extends Exception {
  private static final long serialVersionUID = 1L;

  BadToken(String message) {
    super(message);
  }
}
