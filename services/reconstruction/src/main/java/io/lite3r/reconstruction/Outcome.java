package io.lite3r.reconstruction;

import io.lite3r.geometry.Affine2;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.prediction.ViewGeometry;
import java.util.List;

/** How a window ended; every window ends in one, so that nobody downstream waits in vain. */
public sealed interface Outcome {
  /** The model gave a plausible answer; the views in the window's order. */
  record Reconstructed(Bucket grid, List<View> views) implements Outcome {
    public Reconstructed {
      views = List.copyOf(views);
    }

    /**
     * One view.
     *
     * @param rgb its pixels on the depth map's grid, interleaved
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared: it is on its way to the submap.
    public record View(ViewGeometry geometry, Affine2 originalFromDepth, byte[] rgb) {}
  }

  /** It has no geometry, and one sentence says why. */
  record Unreconstructable(Reason reason, String detail) implements Outcome {}

  /** The kinds of failure. */
  enum Reason {
    TOO_FEW_VIEWS,
    TOO_MANY_VIEWS,
    UNREADABLE_VIEW,
    NOT_FINITE,
    IMPLAUSIBLE,
    RUNTIME,
    OUT_OF_MEMORY,
    DELIVERIES
  }
}
