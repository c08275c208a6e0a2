package io.lite3r.windowing;

import java.util.List;

/** What follows from an event, in the order it has to be carried out. */
public sealed interface Decision {

  /** The frame waits for its windows: keep its view. */
  record Keep(FrameRef frame) implements Decision {}

  /** No later window will want the frame: its view can go. */
  record Release(FrameRef frame) implements Decision {}

  /** The frame is left out on purpose: its instant came too soon after the last one kept. */
  record Skip(FrameRef frame, String detail) implements Decision {}

  /** A frame that is already here, byte for byte as far as known; it has no effect. */
  record Duplicate(FrameRef frame) implements Decision {}

  /** The id of a frame that is already here, with other bytes; it has no effect. */
  record Conflict(FrameRef frame) implements Decision {}

  /** The frame will be in no window. */
  record Reject(FrameRef frame, Reason reason, String detail) implements Decision {}

  /**
   * An instant closed.
   *
   * @param views cameras that delivered
   * @param missing cameras of the rig that did not
   * @param skewNs time between its first and its last frame
   */
  record InstantClosed(int views, int missing, long skewNs) implements Decision {}

  /**
   * A window closed.
   *
   * @param id hash of scene, capture, frames and rules
   * @param number position in the scene
   * @param numberInCapture position in the capture
   * @param frames its views in order: by instant, then by camera name
   * @param sharedWithPrevious how many leading views the capture's previous window also had
   */
  record WindowClosed(
      String id,
      long number,
      long numberInCapture,
      List<FrameRef> frames,
      int sharedWithPrevious,
      Close reason)
      implements Decision {}

  /**
   * All cameras have ended and all windows are out.
   *
   * @param lastWindowNumber number in the scene of the capture's last window, -1 when it has none
   */
  record CaptureClosed(long windowCount, long lastWindowNumber) implements Decision {}

  /** Why a frame is in no window. */
  enum Reason {
    /** It came after its place in time had passed, or after the end of its camera. */
    LATE,
    /** Its capture ended with too few views. */
    TOO_FEW_VIEWS,
    /** The views of its instant alone are more than a window may hold. */
    TOO_LARGE
  }

  /** Why a window closed. */
  enum Close {
    FULL,
    CAPTURE_ENDED,
    BYTE_LIMIT
  }
}
