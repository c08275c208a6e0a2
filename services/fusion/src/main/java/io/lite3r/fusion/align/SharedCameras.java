package io.lite3r.fusion.align;

import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.util.List;

/** What shared cameras say of a submap's place, given its scale. */
final class SharedCameras {
  private SharedCameras() {}

  /** The mean of the rotations that each shared camera asks for (chordal L2 mean). */
  static Rotation rotation(List<SharedView> shared) {
    if (shared.size() == 1) {
      return rotation(shared.getFirst());
    }
    double[] sum = new double[9];
    for (SharedView view : shared) {
      double[] r = rotation(view).matrix();
      for (int i = 0; i < 9; i++) {
        sum[i] += r[i];
      }
    }
    return SimilarityFit.nearestRotation(sum, new double[3]);
  }

  /** The similarity with this scale and rotation that brings the cameras' centres together. */
  static Sim3 place(List<SharedView> shared, double scale, Rotation rotation) {
    Vector3 sum = Vector3.ZERO;
    for (SharedView view : shared) {
      Rigid3 here = view.incoming().submapFromCamera();
      sum =
          sum.plus(
              view.sceneFromCamera()
                  .translation()
                  .minus(rotation.apply(here.translation()).times(scale)));
    }
    return new Sim3(scale, rotation, sum.times(1.0 / shared.size()));
  }

  /** Largest disagreement of a shared camera with the rotation, degrees. */
  static double spreadDeg(List<SharedView> shared, Rotation rotation) {
    double largest = 0;
    for (SharedView view : shared) {
      largest = Math.max(largest, rotation.inverse().times(rotation(view)).angle());
    }
    return Math.toDegrees(largest);
  }

  /** Root mean square distance of the shared cameras' centres under the placement, scene units. */
  static double centreRms(List<SharedView> shared, Sim3 sceneFromSubmap) {
    double sum = 0;
    for (SharedView view : shared) {
      Vector3 gap =
          sceneFromSubmap
              .apply(view.incoming().submapFromCamera().translation())
              .minus(view.sceneFromCamera().translation());
      sum += gap.dot(gap);
    }
    return Math.sqrt(sum / shared.size());
  }

  private static Rotation rotation(SharedView view) {
    return view.sceneFromCamera()
        .rotation()
        .times(view.incoming().submapFromCamera().rotation().inverse());
  }
}
