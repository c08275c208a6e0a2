package io.lite3r.fusion.refine;

import java.util.List;

/**
 * A point that is fixed to a pixel of the view it was chosen in and seen in others.
 *
 * @param view index of the view it was chosen in
 * @param x where, pixels of that view's depth grid
 * @param y where
 * @param depth what the model says, units of the poses
 * @param sights where others see it, at least one
 */
record Track(int view, double x, double y, double depth, List<Sight> sights) {}
