package io.lite3r.capture;

import io.lite3r.geometry.Rigid3;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a sender says of a frame beside its bytes.
 *
 * @param timeNs capture time, nanoseconds
 * @param rigCameras all cameras of the rig, sorted; empty when the sender does not know them
 * @param calibration intrinsics of the image
 * @param rigFromCamera place of the camera in its rig, metres
 * @param scenePrior pose prior: sceneFromCamera
 * @param position where the camera was
 * @param readGps whether a position may be taken from the image's EXIF when none is given
 * @param sourceName name of the file at the source, may be empty
 */
public record FrameRequest(
    FrameName name,
    long timeNs,
    List<String> rigCameras,
    @Nullable Calibration calibration,
    @Nullable Rigid3 rigFromCamera,
    @Nullable Rigid3 scenePrior,
    @Nullable Position position,
    boolean readGps,
    String sourceName) {
  public FrameRequest {
    rigCameras = rigCameras.stream().sorted().distinct().toList();
  }
}
