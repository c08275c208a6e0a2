package io.lite3r.schemas.scene;

import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One view of a window. A frame stands in every window that holds it; exactly one of the fused ones
 * is {@code best}, and its pose, camera and depth represent the frame.
 *
 * @param camera its camera
 * @param sequence its place in the camera's stream
 * @param captureTimeNs capture time, nanoseconds
 * @param acceptedAtNs wall clock when capture accepted it, Unix nanoseconds
 * @param sourceName file name at the source; may be empty
 * @param viewIndex its place among the window's views, which is that of its planes in the submap
 * @param originalWidth width of the original image, pixels
 * @param originalHeight height of the original image, pixels
 * @param status what became of it in this window
 * @param best this window's depth represents the frame (highest mean confidence of its fused
 *     windows)
 * @param meanConfidence mean confidence of its depth, at least 1; 0 when the window has no geometry
 * @param sceneFromCamera its pose; absent when the window is not fused
 * @param submapFromCamera its pose in the window's submap, submap units; absent when
 *     unreconstructable
 * @param intrinsics estimated pinhole camera of the original image; absent when unreconstructable
 * @param depthIntrinsics the same camera on the depth map's grid, whose size it states; absent when
 *     unreconstructable
 * @param originalFromDepth maps a depth pixel to the original's pixel; absent when
 *     unreconstructable
 * @param priors what its sender knew of where it was; absent when nothing
 * @param measuredSubmapFromCamera its pose as the window was placed with, when what is known of
 *     places has corrected {@code submapFromCamera}; absent otherwise
 * @param refinement what its window's pictures said of its camera and depth; absent when nothing,
 *     and in entries older than the field
 */
public record FrameEntry(
    String camera,
    long sequence,
    long captureTimeNs,
    long acceptedAtNs,
    String sourceName,
    int viewIndex,
    int originalWidth,
    int originalHeight,
    FrameStatus status,
    boolean best,
    double meanConfidence,
    @Nullable Rigid3 sceneFromCamera,
    @Nullable Rigid3 submapFromCamera,
    @Nullable Intrinsics intrinsics,
    @Nullable Intrinsics depthIntrinsics,
    @Nullable Affine2 originalFromDepth,
    @Nullable FramePriors priors,
    @Nullable Rigid3 measuredSubmapFromCamera,
    @Nullable ViewRefinement refinement) {

  /** What became of a frame in one window. */
  public enum FrameStatus {
    /** Positive weight of it entered the volume. */
    FUSED,
    /** Nothing of it entered the volume. */
    REJECTED
  }

  /** The same entry with another verdict on whether this window represents the frame. */
  public FrameEntry withBest(boolean nowBest) {
    return with(draft -> draft.best = nowBest);
  }

  /** The same entry in a window that is in the scene no more. */
  public FrameEntry withdrawn() {
    return with(
        draft -> {
          draft.status = FrameStatus.REJECTED;
          draft.best = false;
          draft.sceneFromCamera = null;
          draft.submapFromCamera = null;
          draft.measuredSubmapFromCamera = null;
          draft.refinement = null;
        });
  }

  /** The pose that the window alone gave; absent when unreconstructable. */
  public @Nullable Rigid3 measured() {
    return measuredSubmapFromCamera == null ? submapFromCamera : measuredSubmapFromCamera;
  }

  /** The same entry with a corrected pose; what the window gave is kept. */
  public FrameEntry withPose(Rigid3 nowSubmapFromCamera, Rigid3 nowSceneFromCamera) {
    return with(
        draft -> {
          draft.measuredSubmapFromCamera = measured();
          draft.submapFromCamera = nowSubmapFromCamera;
          draft.sceneFromCamera = nowSceneFromCamera;
        });
  }

  private FrameEntry with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new FrameEntry(
        camera,
        sequence,
        captureTimeNs,
        acceptedAtNs,
        sourceName,
        viewIndex,
        originalWidth,
        originalHeight,
        draft.status,
        draft.best,
        meanConfidence,
        draft.sceneFromCamera,
        draft.submapFromCamera,
        intrinsics,
        depthIntrinsics,
        originalFromDepth,
        priors,
        draft.measuredSubmapFromCamera,
        draft.refinement);
  }

  /** What may change about an entry. */
  private static final class Draft {
    FrameStatus status;
    boolean best;
    @Nullable Rigid3 sceneFromCamera;
    @Nullable Rigid3 submapFromCamera;
    @Nullable Rigid3 measuredSubmapFromCamera;
    @Nullable ViewRefinement refinement;

    Draft(FrameEntry from) {
      status = from.status;
      best = from.best;
      sceneFromCamera = from.sceneFromCamera;
      submapFromCamera = from.submapFromCamera;
      measuredSubmapFromCamera = from.measuredSubmapFromCamera;
      refinement = from.refinement;
    }
  }
}
