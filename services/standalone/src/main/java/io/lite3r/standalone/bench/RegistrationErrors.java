package io.lite3r.standalone.bench;

import io.lite3r.fusion.align.SimilarityFit;
import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far a scene that claims metres is from the truth, without further fitting. */
final class RegistrationErrors {
  private final Registration registration;
  private final WindowedCapture capture;
  private final Told told;

  RegistrationErrors(Registration registration, WindowedCapture capture, Told told) {
    this.registration = registration;
    this.capture = capture;
    this.told = told;
  }

  Map<String, Object> of(List<WindowEntry> windows) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("source", registration.source());
    json.put("observations", registration.observations());
    json.put("inliers", registration.inliers());
    json.put("rms_m", AlignmentBench.rounded(registration.rmsM()));
    json.put("scale_error", AlignmentBench.rounded(scale(windows) - 1));
    if (registration.origin() != null) {
      json.put("horizontal_rmse_told_m", horizontal(windows, registration.origin(), false));
      json.put("horizontal_rmse_withheld_m", horizontal(windows, registration.origin(), true));
    }
    return json;
  }

  /** Published metres per true metre along the path: the ratio of the spreads of the centres. */
  private double scale(List<WindowEntry> windows) {
    List<Vector3> found = new ArrayList<>();
    List<Vector3> truth = new ArrayList<>();
    for (FrameEntry frame : best(windows)) {
      Rigid3 known = capture.truth().get((int) frame.sequence());
      if (known != null) {
        found.add(place(frame));
        truth.add(known.translation());
      }
    }
    double[] even = new double[found.size()];
    Arrays.fill(even, 1);
    return 1
        / SimilarityFit.of(flat(found), flat(truth), even, found.size()).targetFromSource().scale();
  }

  private @Nullable Double horizontal(
      List<WindowEntry> windows, Geodetic origin, boolean withheld) {
    Rigid3 enuFromEcef = origin.ecefFromEastNorthUp().inverse();
    double sum = 0;
    int count = 0;
    for (FrameEntry frame : best(windows)) {
      Geodetic known = capture.positions().get((int) frame.sequence());
      if (known != null && told.withholds((int) frame.sequence()) == withheld) {
        Vector3 gap = place(frame).minus(enuFromEcef.apply(known.ecef()));
        sum += gap.x() * gap.x() + gap.y() * gap.y();
        count++;
      }
    }
    return count == 0 ? null : AlignmentBench.rounded(Math.sqrt(sum / count));
  }

  private Vector3 place(FrameEntry frame) {
    Rigid3 pose = frame.sceneFromCamera();
    if (pose == null) {
      throw new IllegalArgumentException("a frame without a pose is not the best of any window");
    }
    return registration.metricFromScene().apply(pose.translation());
  }

  private static List<FrameEntry> best(List<WindowEntry> windows) {
    return windows.stream()
        .flatMap(w -> w.frames().stream())
        .filter(f -> f.best() && f.sceneFromCamera() != null)
        .toList();
  }

  private static double[] flat(List<Vector3> points) {
    double[] flat = new double[3 * points.size()];
    for (int i = 0; i < points.size(); i++) {
      flat[3 * i] = points.get(i).x();
      flat[3 * i + 1] = points.get(i).y();
      flat[3 * i + 2] = points.get(i).z();
    }
    return flat;
  }
}
