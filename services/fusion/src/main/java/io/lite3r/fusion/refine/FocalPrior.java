package io.lite3r.fusion.refine;

/**
 * What is known of a camera's focal length before a window's pictures are asked.
 *
 * @param log logarithm of the known over the present focal length
 * @param sigma standard deviation of it
 */
record FocalPrior(double log, double sigma) {}
