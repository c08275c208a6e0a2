package io.lite3r.fusion.truth;

import io.lite3r.fusion.align.SimilarityFit;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How far a fused scene is from the truth.
 *
 * @param frames how many were compared
 * @param ate root mean square distance of the camera centres after the similarity that fits them
 *     best, world units
 * @param turnDeg root mean square error of the rotations after the same, degrees
 * @param scaleDrift largest deviation of a window's scale from the median window's, relative
 */
public record PathError(int frames, double ate, double turnDeg, double scaleDrift) {

  public static PathError of(FusedScene scene, List<TrueFrame> truth, List<Sim3> submapFromWorld) {
    Map<String, TrueFrame> known =
        truth.stream()
            .collect(Collectors.toMap(f -> f.camera() + f.sequence(), Function.identity()));
    List<Rigid3> found = new ArrayList<>();
    List<Rigid3> actual = new ArrayList<>();
    List<Double> scales = new ArrayList<>();
    for (WindowEntry window : scene.windows()) {
      Sim3 place = window.sceneFromSubmap();
      if (place == null) {
        continue;
      }
      scales.add(place.scale() * submapFromWorld.get((int) window.number()).scale());
      for (FrameEntry frame : window.frames()) {
        TrueFrame was = known.get(frame.camera() + frame.sequence());
        Rigid3 pose = frame.sceneFromCamera();
        if (frame.best() && was != null && pose != null) {
          found.add(pose);
          actual.add(was.worldFromCamera());
        }
      }
    }
    double[] even = new double[found.size()];
    Arrays.fill(even, 1);
    Sim3 fit =
        SimilarityFit.of(
                centres(found), centres(actual), even, found.size(), SimilarityFit.Scale.FORWARD)
            .targetFromSource();
    double squares = 0;
    double turns = 0;
    for (int i = 0; i < found.size(); i++) {
      Rigid3 placed = fit.carry(found.get(i));
      Vector3 gap = placed.translation().minus(actual.get(i).translation());
      squares += gap.dot(gap);
      double turn = placed.rotation().inverse().times(actual.get(i).rotation()).angle();
      turns += turn * turn;
    }
    double[] sorted = scales.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double middle = sorted[sorted.length / 2];
    return new PathError(
        found.size(),
        Math.sqrt(squares / found.size()),
        Math.toDegrees(Math.sqrt(turns / found.size())),
        Math.max(sorted[sorted.length - 1] / middle - 1, 1 - sorted[0] / middle));
  }

  private static double[] centres(List<Rigid3> poses) {
    double[] flat = new double[3 * poses.size()];
    for (int i = 0; i < poses.size(); i++) {
      flat[3 * i] = poses.get(i).translation().x();
      flat[3 * i + 1] = poses.get(i).translation().y();
      flat[3 * i + 2] = poses.get(i).translation().z();
    }
    return flat;
  }
}
