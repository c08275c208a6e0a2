package io.lite3r.fusion.refine;

import io.lite3r.fusion.submap.SubmapView;
import java.util.List;

/**
 * A window as its pictures have made it.
 *
 * @param views with the poses and focal lengths that were found, and the model's depth
 * @param focalSigma by lens, standard deviation of the logarithm of the focal length in the views
 */
public record Refined(List<SubmapView> views, List<Double> focalSigma) {
  public Refined {
    views = List.copyOf(views);
    focalSigma = List.copyOf(focalSigma);
  }
}
