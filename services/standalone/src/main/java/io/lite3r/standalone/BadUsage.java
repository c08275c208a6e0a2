package io.lite3r.standalone;

/**
 * The command line or its input cannot be used; the message names the thing and the cure. Exit
 * status 2.
 */
public final class BadUsage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadUsage(String message) {
    super(message);
  }
}
