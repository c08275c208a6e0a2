package io.lite3r.fusion.align;

import io.lite3r.fusion.refine.CornerDepth;
import io.lite3r.fusion.submap.Quantile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The scale between two submaps by the corners of their shared views, each measured by the other
 * views on either side. The same image has the same corners, so nothing has to be matched; what is
 * left of a model's errors in depth does not enter.
 */
final class CornerScale {
  /** A corner counts when both sides know its depth to 7 %. */
  private static final double SURE = 200;

  /** No corner counts for more than if its depth were known to about 2 %. */
  private static final double SUREST = 2000;

  /** A median of fewer is luck. */
  private static final int FEWEST = 20;

  /**
   * However many corners a view has, they are worth no more than so many independent ones: those of
   * one surface, seen from one direction, err together.
   */
  private static final double INDEPENDENT = 2.5;

  /** Between the quartiles of a normal distribution, standard deviations. */
  private static final double QUARTILES = 1.349;

  /** Deviations are not taken to be smaller. */
  private static final double FINEST = 1e-3;

  private record Key(double x, double y) {}

  private CornerScale() {}

  /** Null when too few corners say. */
  static @Nullable ScaleEstimate of(List<SharedView> shared) {
    List<double[]> ratios = new ArrayList<>();
    for (SharedView view : shared) {
      if (view.sameGrid()) {
        collect(view, ratios);
      }
    }
    if (ratios.size() < FEWEST) {
      return null;
    }
    double[] log = ratios.stream().mapToDouble(r -> r[0]).toArray();
    double[] weight = ratios.stream().mapToDouble(r -> r[1]).toArray();
    double[] sorted = log.clone();
    Arrays.sort(sorted);
    double spread = sorted[3 * sorted.length / 4] - sorted[sorted.length / 4];
    return new ScaleEstimate(
        Quantile.weightedMedian(log, weight, log.length),
        Math.max(FINEST, spread / QUARTILES / Math.sqrt(INDEPENDENT)));
  }

  private static void collect(SharedView view, List<double[]> ratios) {
    Map<Key, CornerDepth> there = new HashMap<>();
    view.placedCorners().forEach(c -> there.put(new Key(c.x(), c.y()), c));
    for (CornerDepth here : view.incomingCorners()) {
      CornerDepth same = there.get(new Key(here.x(), here.y()));
      if (same != null && same.information() > 0 && here.information() > 0) {
        double information = 1 / (1 / same.information() + 1 / here.information());
        if (information > SURE) {
          ratios.add(
              new double[] {
                Math.log(same.depth() * view.sceneFromPlaced().scale() / here.depth()),
                Math.min(SUREST, information)
              });
        }
      }
    }
  }
}
