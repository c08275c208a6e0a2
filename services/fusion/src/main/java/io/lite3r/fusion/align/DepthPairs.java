package io.lite3r.fusion.align;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Vector3;
import java.util.List;

/**
 * The same pixels of shared views in both submaps: pairs of depths and the points they stand for.
 * Pixels of low confidence in either are left out; the others count by the geometric mean of both
 * confidences.
 */
final class DepthPairs {
  /** Enough for a median to a tenth of a percent, few enough to cost nothing. */
  private static final int MOST = 20_000;

  /** Share of a view's pixels, those of lowest confidence, that is left out. */
  private static final double LOWEST_SHARE = 0.2;

  final double[] logRatio;
  final double[] weight;
  final double[] scene;
  final double[] submap;
  int count;

  private DepthPairs(int capacity) {
    logRatio = new double[capacity];
    weight = new double[capacity];
    scene = new double[3 * capacity];
    submap = new double[3 * capacity];
  }

  static DepthPairs of(List<SharedView> shared) {
    int pixels = 0;
    for (SharedView view : shared) {
      pixels += view.sameGrid() ? view.placed().depth().length : 0;
    }
    int stride = Math.max(1, (pixels + MOST - 1) / MOST);
    DepthPairs pairs = new DepthPairs(pixels / stride + shared.size());
    for (SharedView view : shared) {
      if (view.sameGrid()) {
        pairs.add(view, stride);
      }
    }
    return pairs;
  }

  private void add(SharedView view, int stride) {
    SubmapView placed = view.placed();
    SubmapView incoming = view.incoming();
    float leastPlaced = least(placed);
    float leastIncoming = least(incoming);
    double sceneScale = view.sceneFromPlaced().scale();
    int width = placed.width();
    for (int i = stride / 2; i < placed.depth().length; i += stride) {
      double there = placed.depth()[i] * sceneScale;
      double here = incoming.depth()[i];
      if (!(there > 0 && here > 0)
          || placed.confidence()[i] < leastPlaced
          || incoming.confidence()[i] < leastIncoming) {
        continue;
      }
      double u = i % width + 0.5;
      double v = Math.floorDiv(i, width) + 0.5;
      logRatio[count] = Math.log(there / here);
      weight[count] = Math.sqrt((double) placed.confidence()[i] * incoming.confidence()[i]);
      put(scene, view.sceneFromCamera().apply(placed.intrinsics().unproject(u, v, there)));
      put(submap, incoming.submapFromCamera().apply(incoming.intrinsics().unproject(u, v, here)));
      count++;
    }
  }

  private void put(double[] points, Vector3 point) {
    points[3 * count] = point.x();
    points[3 * count + 1] = point.y();
    points[3 * count + 2] = point.z();
  }

  private static float least(SubmapView view) {
    float[] confidence = new float[view.depth().length];
    int n = 0;
    for (int i = 0; i < confidence.length; i++) {
      if (view.depth()[i] > 0) {
        confidence[n++] = view.confidence()[i];
      }
    }
    return n == 0 ? 0 : Quantile.of(confidence, n, LOWEST_SHARE);
  }
}
