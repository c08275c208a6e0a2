package io.lite3r.reconstruction.prediction;

import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says whether the model's answer can be true. The bounds are wide on purpose: a coarse model on
 * odd images must pass, a broken one must not. What is refused is what no camera can see: nothing
 * at all, a world without any relief, a picture of noise, rotations that are none, lenses that do
 * not exist.
 */
public final class PredictionCheck {
  /** The submap object stores halves; nothing beyond can be kept. */
  private static final float LARGEST = 65504f;

  /** A smaller depth would round to a half with hardly a digit left. */
  private static final float SMALLEST = 1e-4f;

  /** At least this share of a view must have depth. */
  private static final double LEAST_SEEN = 0.5;

  /** Spread of depth over its median below which a whole window is flat to the last digit. */
  private static final double LEAST_RELIEF = 1e-5;

  /** A jump between neighbours, as a factor of depth; a surface has few, noise is full of them. */
  private static final double JUMP = 1.25;

  private static final double MOST_JUMPS = 0.5;
  private static final double QUATERNION_TOLERANCE = 0.1;
  private static final double LEAST_FOCAL = 0.1;
  private static final double MOST_FOCAL = 20;

  /** Camera positions beyond this many median depths see nothing in common. */
  private static final double FARTHEST_CAMERA = 1000;

  /**
   * The reference view's camera is the submap by convention. A coarse model puts it within 0.1
   * degrees even on windows of strangers; one whose weights are damaged, nowhere near.
   */
  private static final double REFERENCE_ANGLE_DEG = 5;

  /** In median depths. */
  private static final double REFERENCE_DISTANCE = 0.1;

  private PredictionCheck() {}

  /**
   * @param imagesDiffer whether the window's views show anything different at all
   */
  public static Verdict judge(Prediction prediction, boolean imagesDiffer) {
    String notFinite = findNotFinite(prediction);
    if (notFinite != null) {
      return new Verdict.NotFinite(notFinite);
    }
    int pixels = prediction.grid().width() * prediction.grid().height();
    List<ViewGeometry> views = new ArrayList<>();
    double mostRelief = 0;
    for (int v = 0; v < prediction.views(); v++) {
      float[] depth = Arrays.copyOfRange(prediction.depth(), v * pixels, (v + 1) * pixels);
      float[] confidence =
          Arrays.copyOfRange(prediction.confidence(), v * pixels, (v + 1) * pixels);
      DepthStatistics statistics = DepthStatistics.of(depth, SMALLEST, LARGEST);
      String fault = findFault(prediction, v, depth, statistics);
      if (fault != null) {
        return new Verdict.Implausible("view %d of the window: %s".formatted(v, fault));
      }
      mostRelief = Math.max(mostRelief, statistics.relief());
      views.add(geometry(prediction, v, depth, confidence));
    }
    if (mostRelief < LEAST_RELIEF) {
      return new Verdict.Implausible(
          "all depths are one and the same number; the model does not look at its images");
    }
    if (imagesDiffer && (isSameInAll(prediction, prediction.depth()) || hasOnePose(prediction))) {
      return new Verdict.Implausible(
          "depth or pose is the same in every view to the last bit though the images differ; the model does not look at them");
    }
    return new Verdict.Plausible(views);
  }

  private static boolean hasOnePose(Prediction p) {
    return isSameInAll(p, p.rotation()) && isSameInAll(p, p.translation());
  }

  /** Whether all views have the same values; one view alone has nothing to compare with. */
  private static boolean isSameInAll(Prediction p, float[] values) {
    int each = values.length / p.views();
    boolean same = p.views() > 1;
    for (int v = 1; v < p.views(); v++) {
      same &= Arrays.equals(values, 0, each, values, v * each, (v + 1) * each);
    }
    return same;
  }

  private static @Nullable String findFault(
      Prediction p, int view, float[] depth, DepthStatistics statistics) {
    if (statistics.seen() < LEAST_SEEN) {
      return "only %.0f %% of its depths are positive and representable"
          .formatted(100 * statistics.seen());
    }
    double jumps = DepthStatistics.jumps(depth, p.grid().width(), JUMP);
    if (jumps > MOST_JUMPS) {
      return "its depth is noise: %.0f %% of neighbours differ by more than a quarter"
          .formatted(100 * jumps);
    }
    float[] q = p.rotation();
    double norm =
        Math.sqrt(
            square(q[4 * view])
                + square(q[4 * view + 1])
                + square(q[4 * view + 2])
                + square(q[4 * view + 3]));
    if (Math.abs(norm - 1) > QUATERNION_TOLERANCE) {
      return "its rotation is no unit quaternion, its length is %.3g".formatted(norm);
    }
    double distance = translation(p, view).norm();
    if (distance > FARTHEST_CAMERA * statistics.median()) {
      return "its camera is %.3g units away where the median depth is %.3g"
          .formatted(distance, statistics.median());
    }
    if (view == 0) {
      double angle = Math.toDegrees(rotation(p, 0).angle());
      if (angle > REFERENCE_ANGLE_DEG || distance > REFERENCE_DISTANCE * statistics.median()) {
        return "it is the reference and should be at the origin, yet is turned by %.0f degrees and %.3g units away"
            .formatted(angle, distance);
      }
    }
    if (!isFocal(p.focalX(view)) || !isFocal(p.focalY(view))) {
      return "focal lengths of %.3g image widths and %.3g image heights belong to no lens"
          .formatted(p.focalX(view), p.focalY(view));
    }
    return null;
  }

  private static ViewGeometry geometry(Prediction p, int view, float[] depth, float[] confidence) {
    double sum = 0;
    int seen = 0;
    for (int i = 0; i < depth.length; i++) {
      if (depth[i] >= SMALLEST && depth[i] <= LARGEST) {
        confidence[i] = Math.clamp(confidence[i], 1f, LARGEST);
        sum += confidence[i];
        seen++;
      } else {
        depth[i] = 0;
        confidence[i] = 0;
      }
    }
    int width = p.grid().width();
    int height = p.grid().height();
    return new ViewGeometry(
        new Rigid3(rotation(p, view), translation(p, view)),
        new Intrinsics(
            p.focalX(view) * width,
            p.focalY(view) * height,
            width / 2.0,
            height / 2.0,
            width,
            height),
        depth,
        confidence,
        sum / seen);
  }

  private static Rotation rotation(Prediction p, int view) {
    float[] q = p.rotation();
    return new Rotation(q[4 * view], q[4 * view + 1], q[4 * view + 2], q[4 * view + 3]);
  }

  private static Vector3 translation(Prediction p, int view) {
    float[] t = p.translation();
    return new Vector3(t[3 * view], t[3 * view + 1], t[3 * view + 2]);
  }

  private static boolean isFocal(double relative) {
    return relative >= LEAST_FOCAL && relative <= MOST_FOCAL;
  }

  private static double square(double x) {
    return x * x;
  }

  private static @Nullable String findNotFinite(Prediction p) {
    String[] names = {"depth", "confidence", "rotation", "translation", "focal"};
    float[][] all = {p.depth(), p.confidence(), p.rotation(), p.translation(), p.focal()};
    for (int k = 0; k < all.length; k++) {
      int bad = 0;
      for (float value : all[k]) {
        if (!Float.isFinite(value)) {
          bad++;
        }
      }
      if (bad > 0) {
        return "%d of %d values of the model's %s are NaN or infinite"
            .formatted(bad, all[k].length, names[k]);
      }
    }
    return null;
  }
}
