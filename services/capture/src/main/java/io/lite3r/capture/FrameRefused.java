package io.lite3r.capture;

import io.lite3r.imaging.ImageRefused;

/** A frame that is not taken; the message names the thing and the cure. */
public final class FrameRefused extends Exception {
  private static final long serialVersionUID = 1L;

  /** The kind of reason; constants are those of the schemas' RejectionReason without its prefix. */
  public enum Reason {
    UNSUPPORTED_MEDIA,
    TRUNCATED,
    UNDECODABLE,
    BAD_DIMENSIONS,
    TOO_LARGE,
    BAD_INTRINSICS,
    BAD_PARAMETER,
    ID_CONFLICT
  }

  private final Reason reason;

  public FrameRefused(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public FrameRefused(ImageRefused cause) {
    super(cause.getMessage(), cause);
    this.reason =
        switch (cause.reason()) {
          case UNSUPPORTED_MEDIA -> Reason.UNSUPPORTED_MEDIA;
          case TRUNCATED -> Reason.TRUNCATED;
          case UNDECODABLE -> Reason.UNDECODABLE;
          case BAD_DIMENSIONS -> Reason.BAD_DIMENSIONS;
        };
  }

  public Reason reason() {
    return reason;
  }

  /** The message without null, which {@link Throwable#getMessage} may not promise. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
