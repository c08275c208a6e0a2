package io.lite3r.fusion.refine;

/**
 * One point of a view found again in another one.
 *
 * @param view index of the other view
 * @param x where, pixels of its depth grid
 * @param y where
 */
record Sight(int view, double x, double y) {}
