package io.lite3r.reconstruction.model;

/** The model at hand is not the one its contract describes; the message says how and the cure. */
public final class StrangerModel extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StrangerModel(String message) {
    super(message);
  }

  public StrangerModel(String message, Throwable cause) {
    super(message, cause);
  }
}
