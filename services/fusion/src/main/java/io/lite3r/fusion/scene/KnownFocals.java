package io.lite3r.fusion.scene;

import io.lite3r.schemas.scene.FocalEstimate;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.ViewRefinement;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has been found out about the focal lengths of cameras. */
@FunctionalInterface
interface KnownFocals {
  /** The last word on a camera's focal length; null when there is none. */
  @Nullable FocalEstimate of(String camera);

  /**
   * By the windows of a capture so far: a function of their entries, so that it is the same after a
   * restart.
   */
  static KnownFocals by(List<WindowEntry> windows) {
    return camera -> {
      for (WindowEntry window : windows.reversed()) {
        for (FrameEntry frame : window.frames()) {
          ViewRefinement refinement = frame.refinement();
          if (refinement != null && frame.camera().equals(camera)) {
            return refinement.known();
          }
        }
      }
      return null;
    };
  }
}
