package io.lite3r.fusion.refine;

import io.lite3r.geometry.Rigid3;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the camera of a view besides what the model says.
 *
 * @param lens views of one window with the same number are of one camera; from 0 on
 * @param focalSigma standard deviation of the logarithm of the focal length that the view has
 * @param instant views of one window with the same number were taken at the same time
 * @param rigFromCamera where the camera sits on its rig, metres; null when nobody knows
 */
public record Eye(int lens, double focalSigma, int instant, @Nullable Rigid3 rigFromCamera) {
  /** Of a focal length that was measured. */
  public static final double MEASURED = 1e-6;

  /** Of a focal length that a model has guessed. */
  public static final double GUESSED = 0.15;
}
