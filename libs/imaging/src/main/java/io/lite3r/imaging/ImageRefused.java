package io.lite3r.imaging;

/** An image that is not taken, with the reason; the message names the thing and the cure. */
public final class ImageRefused extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Not an image of a kind that is taken: magic bytes, CMYK, 16 bits, transparency. */
    UNSUPPORTED_MEDIA,
    /** The file ends before its image does. */
    TRUNCATED,
    /** Its structure is broken, or the decoder failed or warned. */
    UNDECODABLE,
    /** Its measures are outside the limits. */
    BAD_DIMENSIONS
  }

  private final Reason reason;

  public ImageRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public ImageRefused(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
