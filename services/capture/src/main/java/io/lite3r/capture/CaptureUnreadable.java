package io.lite3r.capture;

/** A folder that is no capture at all; the message names the thing and the cure. */
public final class CaptureUnreadable extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public CaptureUnreadable(String message) {
    super(message);
  }

  public CaptureUnreadable(String message, Throwable cause) {
    super(message, cause);
  }
}
