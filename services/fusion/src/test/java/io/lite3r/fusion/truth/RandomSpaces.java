package io.lite3r.fusion.truth;

import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneManifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Frames cut into windows of S views that share O with the next, each in a random space of its own
 * and wrong by {@link WindowErrors}. The same seed gives the same windows.
 *
 * @param windows what reconstruction would say
 * @param submapFromWorld the true place of each
 */
public record RandomSpaces(List<WindowOutcome> windows, List<Sim3> submapFromWorld) {

  public static RandomSpaces cut(
      List<TrueFrame> frames, int views, int shared, WindowErrors errors, long seed) {
    Random random = new Random(seed);
    List<WindowOutcome> windows = new ArrayList<>();
    List<Sim3> spaces = new ArrayList<>();
    int first = 0;
    while (true) {
      int from = Math.max(0, Math.min(first, frames.size() - views));
      int to = Math.min(frames.size(), from + views);
      Sim3 space =
          new Sim3(
              Math.exp(random.nextGaussian()), Rotation.exp(gauss(random)), gauss(random).times(3));
      spaces.add(space);
      windows.add(window(frames.subList(from, to), space, errors, windows.size(), random));
      if (to == frames.size()) {
        return new RandomSpaces(windows, spaces);
      }
      first = from + views - shared;
    }
  }

  private static WindowOutcome window(
      List<TrueFrame> frames, Sim3 space, WindowErrors errors, int number, Random random) {
    double shake =
        Math.hypot(
                errors.translation() * spread(frames), errors.translationOfDepth() * depth(frames))
            / Math.sqrt(3);
    double focal = 1 + errors.focal() * random.nextGaussian();
    double stretch = Math.exp(errors.stretch() * random.nextGaussian());
    Vector3 first = frames.getFirst().worldFromCamera().translation();
    List<WindowOutcome.Source> sources = new ArrayList<>();
    List<WindowOutcome.View> views = new ArrayList<>();
    for (TrueFrame frame : frames) {
      Vector3 axis = gauss(random);
      Rigid3 shaken =
          new Rigid3(
              frame
                  .worldFromCamera()
                  .rotation()
                  .times(
                      Rotation.exp(axis.times(Math.toRadians(errors.rotationDeg()) / axis.norm()))),
              first
                  .plus(frame.worldFromCamera().translation().minus(first).times(stretch))
                  .plus(gauss(random).times(shake)));
      Intrinsics k = frame.intrinsics();
      Intrinsics camera =
          new Intrinsics(focal * k.fx(), focal * k.fy(), k.cx(), k.cy(), k.width(), k.height());
      int originalWidth = 4 * k.width();
      int originalHeight = 4 * k.height();
      sources.add(
          new WindowOutcome.Source(
              frame.camera(),
              frame.sequence(),
              1_000_000_000L * frame.sequence(),
              1 + frame.sequence(),
              "%s/%06d.jpg".formatted(frame.camera(), frame.sequence()),
              originalWidth,
              originalHeight,
              frame.priors()));
      views.add(
          new WindowOutcome.View(
              new SubmapView(
                  depth(frame, space.scale(), errors, random),
                  confidence(frame),
                  frame.rgb(),
                  camera,
                  space.carry(shaken)),
              Affine2.resize(k.width(), k.height(), originalWidth, originalHeight),
              1.5));
    }
    String id = "window-" + number;
    return new WindowOutcome(
        number,
        number,
        id,
        "outcome-" + id,
        "capture",
        new SceneManifest.Model("truth", "00"),
        sources,
        new WindowOutcome.Geometry(views, new ObjectRef("submaps/" + id, 1, "00", "test")));
  }

  private static float[] depth(TrueFrame frame, double scale, WindowErrors errors, Random random) {
    int width = frame.intrinsics().width();
    int height = frame.intrinsics().height();
    double direction = 2 * Math.PI * random.nextDouble();
    double across = errors.tilt() * Math.cos(direction) * 2 / width;
    double down = errors.tilt() * Math.sin(direction) * 2 / height;
    float[] depth = new float[frame.depth().length];
    for (int i = 0; i < depth.length; i++) {
      double bend =
          1
              + across * (i % width + 0.5 - width / 2.0)
              + down * (Math.floorDiv(i, width) + 0.5 - height / 2.0);
      double factor = bend * (1 + errors.depthNoise() * random.nextGaussian());
      if (random.nextDouble() < errors.outliers()) {
        factor = Math.exp(Math.log(2) * (2 * random.nextDouble() - 1));
      }
      depth[i] = (float) (frame.depth()[i] * scale * Math.max(0.01, factor));
    }
    return depth;
  }

  private static float[] confidence(TrueFrame frame) {
    float[] confidence = new float[frame.depth().length];
    Arrays.fill(confidence, 1.5f);
    return confidence;
  }

  private static double spread(List<TrueFrame> frames) {
    Vector3 mean = Vector3.ZERO;
    for (TrueFrame frame : frames) {
      mean = mean.plus(frame.worldFromCamera().translation().times(1.0 / frames.size()));
    }
    double sum = 0;
    for (TrueFrame frame : frames) {
      Vector3 gap = frame.worldFromCamera().translation().minus(mean);
      sum += gap.dot(gap);
    }
    return Math.sqrt(sum / frames.size());
  }

  private static double depth(List<TrueFrame> frames) {
    double[] all =
        frames.stream()
            .flatMapToDouble(
                f ->
                    java.util.stream.IntStream.range(0, f.depth().length)
                        .mapToDouble(i -> f.depth()[i])
                        .filter(d -> d > 0))
            .sorted()
            .toArray();
    return all.length == 0 ? 0 : all[all.length / 2];
  }

  private static Vector3 gauss(Random random) {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
  }
}
