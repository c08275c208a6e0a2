package io.lite3r.fusion.refine;

/**
 * How deep a corner of a view lies, by where other views of the window see it.
 *
 * @param x where the corner is, pixels of the depth grid; the same image has the same corners
 * @param y where the corner is
 * @param depth z-depth, submap units
 * @param information one over the variance of the logarithm of depth, by the sights alone
 */
public record CornerDepth(double x, double y, double depth, double information) {}
