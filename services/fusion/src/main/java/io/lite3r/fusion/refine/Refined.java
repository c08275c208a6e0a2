package io.lite3r.fusion.refine;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.DepthField;
import java.util.List;

/**
 * A window as its pictures have made it.
 *
 * @param views with the poses and focal lengths that were found, and the model's depth
 * @param focalSigma by lens, standard deviation of the logarithm of the focal length in the views
 * @param depth of each view, what the model's depth is to be multiplied with
 */
public record Refined(List<SubmapView> views, List<Double> focalSigma, List<DepthField> depth) {
  public Refined {
    depth = List.copyOf(depth);
    views = List.copyOf(views);
    focalSigma = List.copyOf(focalSigma);
  }
}
