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
 * @param degenerate what the data are poor in, names with a blank between: {@code single-view} (one
 *     shared view), {@code planar} (the shared points lie in a plane), {@code no-parallax} (several
 *     shared cameras in one place), {@code broken} (too few pixels agree; the window starts a
 *     chain); empty when nothing
 * @param condition thickness of the shared points: standard deviation along their shortest axis
 *     over that along their longest, 0..1; 0 in entries older than the field
 * @param parallax rms distance of the shared cameras' centres from their mean over the median
 *     depth; 0 with one shared view, and in entries older than the field
 */
public record AlignmentQuality(
    String method,
    int sharedViews,
    double inlierRatio,
    double residual,
    double scaleStep,
    double rotationSpreadDeg,
    double centreResidual,
    String degenerate,
    double condition,
    double parallax) {}
