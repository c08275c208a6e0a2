package io.lite3r.console.scene;

/**
 * How one frame ended.
 *
 * @param sequence -1 for a refused image that did not say
 * @param reason why it is not in the scene, as the schemas name it; empty when fused
 * @param detail a sentence for a person; may be empty
 * @param stage the stage that decided
 * @param atNs wall clock of the outcome, Unix nanoseconds
 */
public record FrameEnd(
    String scene,
    String capture,
    String camera,
    long sequence,
    Kind kind,
    String reason,
    String detail,
    String stage,
    long atNs) {

  /** The four ways a frame can end. */
  public enum Kind {
    /** In the surface. */
    FUSED,
    /** Left out on purpose as redundant. */
    SKIPPED,
    /** Accepted, but not in the surface. */
    REJECTED,
    /** Never accepted by capture; it may carry the id of a frame that was. */
    REFUSED
  }
}
