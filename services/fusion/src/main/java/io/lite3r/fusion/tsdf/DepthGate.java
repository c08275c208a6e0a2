package io.lite3r.fusion.tsdf;

import io.lite3r.fusion.submap.Quantile;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Sim3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Decides how much each depth pixel of a window counts. Confidence is read relative to the window's
 * own median, since its scale is the model's affair. Pixels beside a jump in depth are left out:
 * their depth lies between two surfaces (flying pixels). Pixels seen at a grazing angle count less.
 *
 * @param lowestShare share of a window's pixels, those of lowest confidence, that is left out
 * @param jump relative depth step to a neighbour that counts as an edge
 * @param grazing cosine between normal and ray below which a pixel is left out
 */
public record DepthGate(double lowestShare, double jump, double grazing) {
  /** Chosen by looking at fused captures; see docs/results.md. */
  public static final DepthGate SERVED = new DepthGate(0.2, 0.05, 0.12);

  /** Everything counts alike: for depth that comes from a sensor or a renderer. */
  public static final DepthGate OPEN = new DepthGate(0, Double.POSITIVE_INFINITY, 0);

  /** The weight of a pixel of median confidence that is seen head on. */
  public static final int USUAL_WEIGHT = 64;

  private static final int LARGEST_WEIGHT = 255;
  private static final int ROWS_PER_PIECE = 16;

  public DepthGate {
    if (!(lowestShare >= 0 && lowestShare < 1 && jump > 0 && grazing >= 0 && grazing < 1)) {
      throw new IllegalArgumentException(
          "a gate takes a share in [0, 1), a positive jump and a cosine in [0, 1)");
    }
  }

  /**
   * The window's views in the scene, each pixel with its weight.
   *
   * @param memory arrays that may be written to in place of new ones, one a view; new ones that
   *     were needed are put there
   */
  List<ObservedView> observe(
      List<SubmapView> views, Sim3 sceneFromSubmap, Parallel parallel, List<long[]> memory) {
    float lowest = 0;
    float usual = common(views, parallel);
    if (Float.isNaN(usual)) {
      float[] confidences = confidences(views);
      lowest = lowestShare == 0 ? 0 : Quantile.select(confidences, lowestShare);
      usual = Quantile.select(confidences, 0.5);
    }
    float least = lowest;
    float weightOfOne = USUAL_WEIGHT / usual;
    float scale = (float) sceneFromSubmap.scale();
    List<ObservedView> observed = new ArrayList<>();
    for (int v = 0; v < views.size(); v++) {
      SubmapView view = views.get(v);
      long[] pixels = memory(memory, v, view.depth().length);
      parallel.forEach(
          view.height(),
          ROWS_PER_PIECE,
          (from, to) -> {
            for (int y = from; y < to; y++) {
              if (open()) {
                observeOpenRow(view, y, scale, least, weightOfOne, pixels);
              } else {
                observeRow(view, y, scale, least, weightOfOne, pixels);
              }
            }
          });
      observed.add(
          new ObservedView(
              pixels, view.intrinsics(), sceneFromSubmap.carry(view.submapFromCamera())));
    }
    return observed;
  }

  /** Whether the surface's direction does not matter. */
  private boolean open() {
    return jump == Double.POSITIVE_INFINITY && grazing == 0;
  }

  private static long[] memory(List<long[]> memory, int view, int length) {
    if (view < memory.size() && memory.get(view).length == length) {
      return memory.get(view);
    }
    long[] pixels = new long[length];
    if (view < memory.size()) {
      memory.set(view, pixels);
    } else {
      memory.add(pixels);
    }
    return pixels;
  }

  /**
   * The confidence of every pixel, when all have the same, as a sensor's have; 1 when there are no
   * pixels; NaN when they differ.
   */
  private static float common(List<SubmapView> views, Parallel parallel) {
    float first = Float.NaN;
    for (SubmapView view : views) {
      first = Float.isNaN(first) ? first(view) : first;
    }
    if (Float.isNaN(first)) {
      return 1;
    }
    float common = first;
    AtomicBoolean differ = new AtomicBoolean();
    for (SubmapView view : views) {
      parallel.forEach(
          view.height(),
          4 * ROWS_PER_PIECE,
          (from, to) -> {
            if (!differ.get() && differs(view, from * view.width(), to * view.width(), common)) {
              differ.set(true);
            }
          });
    }
    return differ.get() ? Float.NaN : common;
  }

  /** The confidence of the view's first pixel with depth; NaN when it has none. */
  private static float first(SubmapView view) {
    float[] depth = view.depth();
    for (int i = 0; i < depth.length; i++) {
      if (depth[i] > 0) {
        return view.confidence()[i];
      }
    }
    return Float.NaN;
  }

  private static boolean differs(SubmapView view, int from, int to, float common) {
    float[] depth = view.depth();
    float[] confidence = view.confidence();
    for (int i = from; i < to; i++) {
      if (confidence[i] != common && depth[i] > 0) {
        return true;
      }
    }
    return false;
  }

  private static float[] confidences(List<SubmapView> views) {
    int pixels = views.stream().mapToInt(view -> view.depth().length).sum();
    float[] all = new float[pixels];
    int next = 0;
    for (SubmapView view : views) {
      float[] depth = view.depth();
      float[] confidence = view.confidence();
      for (int i = 0; i < depth.length; i++) {
        all[next] = confidence[i];
        next += depth[i] > 0 ? 1 : 0;
      }
    }
    return next == pixels ? all : Arrays.copyOf(all, next);
  }

  private void observeRow(
      SubmapView view, int y, float scale, float lowest, float weightOfOne, long[] pixels) {
    for (int x = 0; x < view.width(); x++) {
      int i = y * view.width() + x;
      float d = view.depth()[i];
      float c = view.confidence()[i];
      float facing = !(d > 0) || c < lowest ? 0 : (float) facing(view, x, y);
      pixels[i] = facing <= grazing ? 0 : pixel(view, i, d * scale, c * weightOfOne, facing);
    }
  }

  /** What {@link #observeRow} says when the surface's direction does not matter. */
  private static void observeOpenRow(
      SubmapView view, int y, float scale, float lowest, float weightOfOne, long[] pixels) {
    float[] depth = view.depth();
    float[] confidence = view.confidence();
    int end = (y + 1) * view.width();
    for (int i = y * view.width(); i < end; i++) {
      float d = depth[i];
      float c = confidence[i];
      pixels[i] = d > 0 && !(c < lowest) ? pixel(view, i, d * scale, c * weightOfOne, 1) : 0;
    }
  }

  private static long pixel(SubmapView view, int i, float depth, float relative, float facing) {
    byte[] rgb = view.rgb();
    int weight = (int) ((relative < LARGEST_WEIGHT ? relative : LARGEST_WEIGHT) * facing + 0.5f);
    return ObservedView.pixel(
        depth,
        Math.max(1, weight) << 24
            | (rgb[3 * i] & 255) << 16
            | (rgb[3 * i + 1] & 255) << 8
            | (rgb[3 * i + 2] & 255));
  }

  /** Cosine between the surface normal and the ray; 0 beside a jump in depth. */
  private double facing(SubmapView view, int x, int y) {
    int width = view.width();
    float[] depth = view.depth();
    int i = y * width + x;
    float d = depth[i];
    float left = depth[x > 0 ? i - 1 : i];
    float right = depth[x + 1 < width ? i + 1 : i];
    float up = depth[y > 0 ? i - width : i];
    float down = depth[y + 1 < view.height() ? i + width : i];
    float limit = (float) jump * d;
    // A neighbour without depth lies beside a hole, whose rim is as unsure as a jump.
    if (Math.abs(left - d) > limit
        || Math.abs(right - d) > limit
        || Math.abs(up - d) > limit
        || Math.abs(down - d) > limit) {
      return 0;
    }
    Intrinsics k = view.intrinsics();
    double stepX = (x > 0 ? 1 : 0) + (x + 1 < width ? 1 : 0);
    double stepY = (y > 0 ? 1 : 0) + (y + 1 < view.height() ? 1 : 0);
    // Of the surface z(u, v): the normal is (fx zu, fy zv, -(z + (u-cx) zu + (v-cy) zv)).
    double zu = (right - left) / Math.max(1, stepX);
    double zv = (down - up) / Math.max(1, stepY);
    double rx = (x + 0.5 - k.cx()) / k.fx();
    double ry = (y + 0.5 - k.cy()) / k.fy();
    double nx = k.fx() * zu;
    double ny = k.fy() * zv;
    double nz = -(d + (x + 0.5 - k.cx()) * zu + (y + 0.5 - k.cy()) * zv);
    double along = -(nx * rx + ny * ry + nz);
    double length = Math.sqrt((nx * nx + ny * ny + nz * nz) * (rx * rx + ry * ry + 1));
    return Math.max(0, along / length);
  }
}
