package io.lite3r.schemas.scene;

/**
 * How well a window is tied to those before it.
 *
 * @param method the aligner that was served
 * @param sharedViews views it had in common with earlier fused windows
 * @param inlierRatio share of the compared depth pixels that agree after alignment, 0..1
 * @param residual robust relative depth residual after alignment (median of |log ratio|)
 * @param scaleStep scale of this submap over the scale of the one it was tied to
 * @param rotationSpreadDeg largest disagreement of a shared camera's rotation with the chosen one,
 *     degrees; 0 with one shared view
 * @param centreResidual rms distance of the shared cameras' centres after alignment over the median
 *     depth
 * @param degenerate what could not be told from the data, such as {@code single-view}; empty when
 *     nothing
 */
public record AlignmentQuality(
    String method,
    int sharedViews,
    double inlierRatio,
    double residual,
    double scaleStep,
    double rotationSpreadDeg,
    double centreResidual,
    String degenerate) {}
