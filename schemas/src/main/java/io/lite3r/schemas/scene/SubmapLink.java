package io.lite3r.schemas.scene;

import io.lite3r.geometry.Sim3;

/**
 * How a window was seen to lie to an earlier one, before anything moved either.
 *
 * @param to number of the earlier window
 * @param toFromSubmap takes this window's submap to the earlier one's
 * @param translation standard deviation along each axis, units of the earlier submap
 * @param rotation standard deviation about each axis, radians
 * @param logScale standard deviation of the logarithm of scale
 */
public record SubmapLink(
    long to, Sim3 toFromSubmap, double translation, double rotation, double logScale) {}
