package io.lite3r.fusion.align;

/**
 * What something says of the scale between two submaps.
 *
 * @param log natural logarithm of scene units per unit of the incoming submap
 * @param sigma standard deviation of it
 */
record ScaleEstimate(double log, double sigma) {

  /** What both say together, each by its precision. */
  ScaleEstimate with(ScaleEstimate other) {
    double here = 1 / (sigma * sigma);
    double there = 1 / (other.sigma * other.sigma);
    return new ScaleEstimate(
        (here * log + there * other.log) / (here + there), 1 / Math.sqrt(here + there));
  }
}
