package io.lite3r.standalone;

import io.lite3r.fusion.align.SimilarityFit;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.SubmapObject;
import io.lite3r.standalone.export.PublishedScene;
import io.lite3r.standalone.export.PublishedScene.BestFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * How far a scene is from the truth, after the similarity that fits the camera centres best: a
 * scene without metric ties has a frame and a unit of its own.
 *
 * @param frames how many fused frames have a true pose
 * @param pathError root mean square distance of the camera centres, in the truth's unit (ATE)
 * @param pathSpread root mean square distance of the true centres from their mean: what the error
 *     is to be compared with
 * @param turnError median error of the turn between neighbouring frames of a camera, degrees
 * @param depthError median over all pixels of |depth - truth| / truth after one median scale;
 *     absent without true depth
 * @param unit of the lengths
 */
record Accuracy(
    int frames,
    double pathError,
    double pathSpread,
    double turnError,
    @Nullable Double depthError,
    String unit) {

  /** Absent when fewer than three frames have a true pose. */
  static Optional<Accuracy> of(PublishedScene scene, String capture, Truth truth) {
    List<BestFrame> frames =
        scene.bestFrames(capture).stream()
            .filter(b -> truth.frames().containsKey(b.frame().sourceName()))
            .toList();
    if (frames.size() < 3) {
      return Optional.empty();
    }
    double[] estimated = new double[3 * frames.size()];
    double[] actual = new double[3 * frames.size()];
    for (int i = 0; i < frames.size(); i++) {
      put(estimated, i, pose(frames.get(i)).translation());
      put(actual, i, truthOf(truth, frames.get(i)).worldFromCamera().translation());
    }
    double[] even = new double[frames.size()];
    Arrays.fill(even, 1);
    Rotation rotation =
        SimilarityFit.of(estimated, actual, even, frames.size()).targetFromSource().rotation();
    return Optional.of(
        new Accuracy(
            frames.size(),
            pathError(estimated, actual, rotation),
            spread(actual),
            median(turnErrors(frames, truth)),
            depthError(scene, frames, truth),
            truth.unit()));
  }

  String sentence() {
    return "%d frames against the capture's own poses, which the pipeline did not see: path %.3f %s off (%.1f %% of its spread), turn %.2f deg%s"
        .formatted(
            frames,
            pathError,
            unit,
            100 * pathError / pathSpread,
            turnError,
            depthError == null ? "" : ", depth %.1f %%".formatted(100 * depthError));
  }

  /** Residual after the least-squares scale (Umeyama 1991, eq. 42) for the given rotation. */
  private static double pathError(double[] estimated, double[] actual, Rotation rotation) {
    int n = estimated.length / 3;
    Vector3 meanEstimated = mean(estimated);
    Vector3 meanActual = mean(actual);
    double product = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      Vector3 turned = rotation.apply(get(estimated, i).minus(meanEstimated));
      product += turned.dot(get(actual, i).minus(meanActual));
      square += turned.dot(turned);
    }
    double scale = product / square;
    double error = 0;
    for (int i = 0; i < n; i++) {
      Vector3 turned = rotation.apply(get(estimated, i).minus(meanEstimated)).times(scale);
      Vector3 residual = turned.minus(get(actual, i).minus(meanActual));
      error += residual.dot(residual);
    }
    return Math.sqrt(error / n);
  }

  private static double spread(double[] points) {
    Vector3 mean = mean(points);
    double sum = 0;
    for (int i = 0; i < points.length / 3; i++) {
      Vector3 offset = get(points, i).minus(mean);
      sum += offset.dot(offset);
    }
    return Math.sqrt(3 * sum / points.length);
  }

  private static double[] turnErrors(List<BestFrame> frames, Truth truth) {
    List<Double> errors = new ArrayList<>();
    for (int i = 1; i < frames.size(); i++) {
      BestFrame before = frames.get(i - 1);
      BestFrame after = frames.get(i);
      if (before.frame().camera().equals(after.frame().camera())) {
        Rotation estimated = pose(before).inverse().times(pose(after)).rotation();
        Rotation actual =
            truthOf(truth, before)
                .worldFromCamera()
                .inverse()
                .times(truthOf(truth, after).worldFromCamera())
                .rotation();
        errors.add(Math.toDegrees(estimated.inverse().times(actual).angle()));
      }
    }
    return errors.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static @Nullable Double depthError(
      PublishedScene scene, List<BestFrame> frames, Truth truth) {
    List<double[]> pairs = new ArrayList<>();
    for (BestFrame best : frames) {
      Truth.Depth depth = truthOf(truth, best).depth();
      if (depth != null) {
        collect(scene, best, depth, pairs);
      }
    }
    if (pairs.isEmpty()) {
      return null;
    }
    double scale = median(pairs.stream().mapToDouble(p -> p[1] / p[0]).toArray());
    return median(pairs.stream().mapToDouble(p -> Math.abs(scale * p[0] - p[1]) / p[1]).toArray());
  }

  /** Adds (estimated, true) depth at every fourth pixel of the depth map. */
  private static void collect(
      PublishedScene scene, BestFrame best, Truth.Depth truth, List<double[]> pairs) {
    SubmapObject submap =
        SubmapObject.decode(scene.bytes().apply(Objects.requireNonNull(best.window().submap())));
    float[] depth = best.depth(submap);
    Affine2 originalFromDepth = Objects.requireNonNull(best.frame().originalFromDepth());
    for (int row = 2; row < submap.height(); row += 4) {
      for (int column = 2; column < submap.width(); column += 4) {
        double x = originalFromDepth.applyX(column + 0.5, row + 0.5) / best.frame().originalWidth();
        double y =
            originalFromDepth.applyY(column + 0.5, row + 0.5) / best.frame().originalHeight();
        double actual = truth.at(x, y);
        double estimated = depth[row * submap.width() + column] * best.scale();
        if (actual > 0 && estimated > 0) {
          pairs.add(new double[] {estimated, actual});
        }
      }
    }
  }

  private static Truth.Frame truthOf(Truth truth, BestFrame best) {
    return Objects.requireNonNull(truth.frames().get(best.frame().sourceName()));
  }

  private static Rigid3 pose(BestFrame best) {
    return Objects.requireNonNull(best.frame().sceneFromCamera());
  }

  private static double median(double[] values) {
    double[] sorted = DoubleStream.of(values).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static void put(double[] flat, int i, Vector3 point) {
    flat[3 * i] = point.x();
    flat[3 * i + 1] = point.y();
    flat[3 * i + 2] = point.z();
  }

  private static Vector3 get(double[] flat, int i) {
    return new Vector3(flat[3 * i], flat[3 * i + 1], flat[3 * i + 2]);
  }

  private static Vector3 mean(double[] flat) {
    Vector3 sum = Vector3.ZERO;
    for (int i = 0; i < flat.length / 3; i++) {
      sum = sum.plus(get(flat, i));
    }
    return sum.times(3.0 / flat.length);
  }
}
