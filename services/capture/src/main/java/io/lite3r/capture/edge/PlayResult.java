package io.lite3r.capture.edge;

import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.RejectionReason;
import java.util.List;

/**
 * What became of a played folder at its entrance; all lists in the order of playing.
 *
 * @param capture name of the capture
 * @param cameras all cameras, sorted; each has been ended
 */
public record PlayResult(
    String scene,
    String capture,
    List<String> cameras,
    List<Accepted> accepted,
    List<Rejected> rejected) {

  /**
   * A frame that is durable on {@code frames}.
   *
   * @param acceptedAtNs wall clock, Unix nanoseconds
   * @param tookNs from the image read until its record was durable on the broker
   * @param duplicate it was already there, from an earlier run of the same capture
   */
  public record Accepted(
      FrameId id, String source, long acceptedAtNs, long tookNs, boolean duplicate) {}

  /** A frame that was refused, and is recorded as such. */
  public record Rejected(FrameId id, String source, RejectionReason reason, String detail) {}

  /** Ids of the accepted frames. */
  public List<FrameId> acceptedIds() {
    return accepted.stream().map(Accepted::id).toList();
  }

  /** How far playing has come. */
  public record Progress(int accepted, int rejected, int total) {}
}
