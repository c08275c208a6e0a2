package io.lite3r.reconstruction.window;

/** A view of the window cannot be decoded; the message names it. */
public final class UnreadableView extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableView(String message, Throwable cause) {
    super(message, cause);
  }

  UnreadableView(String message) {
    super(message);
  }
}
