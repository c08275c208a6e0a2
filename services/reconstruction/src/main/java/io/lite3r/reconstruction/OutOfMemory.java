package io.lite3r.reconstruction;

/**
 * A window found no memory, of the device or of the process, while others were under way. Nothing
 * is wrong with it yet: alone it may pass.
 */
public final class OutOfMemory extends Exception {
  private static final long serialVersionUID = 1L;

  public OutOfMemory(String message, Throwable cause) {
    super(message, cause);
  }
}
