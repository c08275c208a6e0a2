package io.lite3r.fusion.refine;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;

/**
 * A camera on its way to a better pose.
 *
 * @param planes its picture and depth, whose own pose and camera do not count
 * @param camera pinhole camera of the depth grid
 * @param worldFromCamera where it is taken to be, units of its depth
 */
record RefinedView(SubmapView planes, Intrinsics camera, Rigid3 worldFromCamera) {

  static RefinedView of(SubmapView view) {
    return new RefinedView(view, view.intrinsics(), view.submapFromCamera());
  }

  /** What the model says of a pixel's depth; 0: nothing. */
  double depth(double x, double y) {
    return planes.depth()[(int) y * planes.width() + (int) x];
  }

  /** The same view with the focal length multiplied, seen from another place. */
  RefinedView at(Rigid3 pose, double focal) {
    Intrinsics k = camera;
    return new RefinedView(
        planes,
        new Intrinsics(
            focal * k.fx(), focal * k.fy(), k.cx(), k.cy(), k.width(), k.height(), k.distortion()),
        pose);
  }

  /** Its picture and depth with the camera and pose that were found. */
  SubmapView found() {
    return new SubmapView(
        planes.depth(), planes.confidence(), planes.rgb(), camera, worldFromCamera);
  }
}
