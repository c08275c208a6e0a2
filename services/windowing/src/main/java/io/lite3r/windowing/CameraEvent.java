package io.lite3r.windowing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a camera of the capture did. Events of one camera come in its own order; a silence or an end
 * that was noticed, not told, is void when a frame stands before it that was not known then.
 */
public sealed interface CameraEvent {
  String camera();

  /**
   * It delivered a frame.
   *
   * @param rigCameras all cameras of the rig when the sender knows them, else empty
   * @param live whether it is watched for silence: nobody says when it stops
   */
  record FrameArrived(FrameRef frame, List<String> rigCameras, boolean live)
      implements CameraEvent {
    @Override
    public String camera() {
      return frame.camera();
    }
  }

  /**
   * It has nothing up to and including this stream time.
   *
   * @param noticedAfter sequence of its last frame when this was noticed, -1 for none; null when it
   *     was told
   */
  record Silent(String camera, long untilNs, @Nullable Long noticedAfter) implements CameraEvent {}

  /**
   * It will deliver no more.
   *
   * @param noticedAfter as of {@link Silent}
   */
  record Ended(String camera, List<String> rigCameras, @Nullable Long noticedAfter)
      implements CameraEvent {}
}
