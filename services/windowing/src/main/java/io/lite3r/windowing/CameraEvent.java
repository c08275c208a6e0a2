package io.lite3r.windowing;

import java.util.List;

/** What a camera of the capture did. Events of one camera come in its own order. */
public sealed interface CameraEvent {
  String camera();

  /**
   * It delivered a frame.
   *
   * @param rigCameras all cameras of the rig when the sender knows them, else empty
   */
  record FrameArrived(FrameRef frame, List<String> rigCameras) implements CameraEvent {
    @Override
    public String camera() {
      return frame.camera();
    }
  }

  /** It has nothing up to and including this stream time. */
  record Silent(String camera, long untilNs) implements CameraEvent {}

  /** It will deliver no more. */
  record Ended(String camera, List<String> rigCameras) implements CameraEvent {}
}
