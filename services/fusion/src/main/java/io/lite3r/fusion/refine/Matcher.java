package io.lite3r.fusion.refine;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds corners of one view in another one. Depth and poses say roughly where and how the picture
 * is turned and scaled there; among the other view's corners near that place the one whose
 * surroundings look most alike is taken, unless a second looks as good, and its place is measured
 * to a fraction of a pixel.
 */
final class Matcher {
  /** Half the edge of the square that is compared. */
  private static final int HALF = 5;

  private static final int EDGE = 2 * HALF + 1;

  /** Normalised correlation of a match, and what a second may come near to it. */
  private static final double ALIKE = 0.75;

  private static final double SECOND = 0.75;

  private static final int STEPS = 10;

  /** A square that is larger or smaller by this factor of area shows other things. */
  private static final double LARGEST = 5;

  /** How far from where it starts a fraction of a pixel may be sought. */
  private static final double FARTHEST = 2.5;

  /** Mean difference of grey levels below which two pictures are one. */
  private static final double SAME = 10;

  private final List<GreyImage> images;
  private final @Nullable Corners[] corners;

  private Matcher(List<GreyImage> images) {
    this.images = images;
    this.corners = new Corners[images.size()];
  }

  static Matcher of(List<SubmapView> views) {
    return new Matcher(
        views.stream().map(v -> GreyImage.of(v.rgb(), v.width(), v.height())).toList());
  }

  /** Looked for when somebody asks: the corners of one view need none of the others'. */
  private Corners corners(int view) {
    Corners known = corners[view];
    if (known == null) {
      known = Corners.of(images.get(view));
      corners[view] = known;
    }
    return known;
  }

  /** Whether two views are one picture but for noise and what moves in it: a camera that stood. */
  boolean isSamePicture(int one, int other) {
    GreyImage a = images.get(one);
    GreyImage b = images.get(other);
    return a.width == b.width && a.height == b.height && a.distance(b) < SAME;
  }

  /** What the corners of a view look like. */
  Descriptors descriptors(int view) {
    return Descriptors.of(images.get(view), corners(view));
  }

  /**
   * All corners of all views with what others see of them.
   *
   * @param radius how far from the expected place to look, pixels; 0: from that place on
   */
  List<Track> tracks(List<RefinedView> views, double radius) {
    List<Track> tracks = new ArrayList<>();
    for (int from = 0; from < views.size(); from++) {
      tracks.addAll(tracks(views, from, radius));
    }
    return tracks;
  }

  /** The corners of one view with what others see of them. */
  List<Track> tracks(List<RefinedView> views, int from, double radius) {
    List<Track> tracks = new ArrayList<>();
    Corners own = corners(from);
    Rigid3[] toFromSource = new Rigid3[views.size()];
    for (int to = 0; to < toFromSource.length; to++) {
      toFromSource[to] =
          views.get(to).worldFromCamera().inverse().times(views.get(from).worldFromCamera());
    }
    for (int c = 0; c < own.count(); c++) {
      double depth = views.get(from).depth(own.x[c], own.y[c]);
      if (!(depth > 0)) {
        continue;
      }
      List<Sight> sights = new ArrayList<>();
      for (int to = 0; to < views.size(); to++) {
        if (to != from) {
          Sight sight = find(views, from, own.x[c], own.y[c], depth, to, toFromSource[to], radius);
          if (sight != null) {
            sights.add(sight);
          }
        }
      }
      if (!sights.isEmpty()) {
        tracks.add(new Track(from, own.x[c], own.y[c], depth, List.copyOf(sights)));
      }
    }
    return tracks;
  }

  private @Nullable Sight find(
      List<RefinedView> views,
      int from,
      double x,
      double y,
      double depth,
      int to,
      Rigid3 toFromSource,
      double radius) {
    RefinedView source = views.get(from);
    RefinedView target = views.get(to);
    double[] there = seen(source, target, toFromSource, x, y, depth);
    GreyImage image = images.get(to);
    if (there == null || !image.holds(there[0], there[1], HALF)) {
      return null;
    }
    double[] right = seen(source, target, toFromSource, x + HALF, y, depth);
    double[] below = seen(source, target, toFromSource, x, y + HALF, depth);
    if (right == null || below == null) {
      return null;
    }
    double a = (right[0] - there[0]) / HALF;
    double b = (below[0] - there[0]) / HALF;
    double c = (right[1] - there[1]) / HALF;
    double d = (below[1] - there[1]) / HALF;
    double area = a * d - b * c;
    if (area < 1 / LARGEST || area > LARGEST) {
      return null;
    }
    double[] patch = new double[EDGE * EDGE];
    GreyImage own = images.get(from);
    for (int v = -HALF; v <= HALF; v++) {
      for (int u = -HALF; u <= HALF; u++) {
        patch[(v + HALF) * EDGE + u + HALF] =
            own.at(x + (d * u - b * v) / area, y + (a * v - c * u) / area);
      }
    }
    if (!normalise(patch)) {
      return null;
    }
    return radius > 0
        ? best(patch, to, there, radius)
        : precise(patch, image, to, there[0], there[1]);
  }

  private @Nullable Sight best(double[] patch, int to, double[] there, double radius) {
    Corners candidates = corners(to);
    GreyImage image = images.get(to);
    double best = ALIKE;
    double second = 0;
    int at = -1;
    for (int i = 0; i < candidates.count(); i++) {
      double dx = candidates.x[i] - there[0];
      double dy = candidates.y[i] - there[1];
      if (dx * dx + dy * dy > radius * radius) {
        continue;
      }
      double alike = correlation(patch, image, (int) candidates.x[i], (int) candidates.y[i]);
      if (alike > best) {
        second = at < 0 ? second : best;
        best = alike;
        at = i;
      } else if (alike > second) {
        second = alike;
      }
    }
    if (at < 0 || 1 - best > SECOND * (1 - second)) {
      return null;
    }
    return precise(patch, image, to, candidates.x[at], candidates.y[at]);
  }

  private static double correlation(double[] patch, GreyImage image, int x, int y) {
    double sum = 0;
    double squares = 0;
    double product = 0;
    for (int v = -HALF; v <= HALF; v++) {
      int row = (y + v) * image.width + x;
      for (int u = -HALF; u <= HALF; u++) {
        float value = image.value[row + u];
        sum += value;
        squares += value * value;
        product += value * patch[(v + HALF) * EDGE + u + HALF];
      }
    }
    double variance = squares - sum * sum / (EDGE * EDGE);
    return variance > 1 ? product / Math.sqrt(variance) : 0;
  }

  /**
   * The shift at which the squares are most alike, by the gradients of the first (Lucas and Kanade,
   * as Baker and Matthews, 2004, turn it round); none when it is far or they are not alike there.
   */
  private static @Nullable Sight precise(
      double[] patch, GreyImage image, int to, double fromX, double fromY) {
    double[] along = new double[EDGE * EDGE];
    double[] down = new double[EDGE * EDGE];
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int v = 1; v < EDGE - 1; v++) {
      for (int u = 1; u < EDGE - 1; u++) {
        int i = v * EDGE + u;
        along[i] = (patch[i + 1] - patch[i - 1]) / 2;
        down[i] = (patch[i + EDGE] - patch[i - EDGE]) / 2;
        xx += along[i] * along[i];
        xy += along[i] * down[i];
        yy += down[i] * down[i];
      }
    }
    double det = xx * yy - xy * xy;
    if (!(det > 1e-9)) {
      return null;
    }
    double x = fromX;
    double y = fromY;
    double[] here = new double[EDGE * EDGE];
    for (int step = 0; step < STEPS; step++) {
      if (!image.holds(x, y, HALF + 1)) {
        return null;
      }
      double mean = image.square(x, y, HALF, here);
      double squares = 0;
      double alike = 0;
      for (int i = 0; i < here.length; i++) {
        double value = here[i] - mean;
        squares += value * value;
        alike += value * patch[i];
      }
      double norm = Math.sqrt(Math.max(1e-9, squares));
      double rx = 0;
      double ry = 0;
      for (int i = 0; i < here.length; i++) {
        double gap = patch[i] - (here[i] - mean) / norm;
        rx += along[i] * gap;
        ry += down[i] * gap;
      }
      double dx = (yy * rx - xy * ry) / det;
      double dy = (xx * ry - xy * rx) / det;
      x += dx;
      y += dy;
      if (Math.abs(x - fromX) > FARTHEST || Math.abs(y - fromY) > FARTHEST) {
        return null;
      }
      if (dx * dx + dy * dy < 4e-4) {
        return alike / norm > ALIKE ? new Sight(to, x, y) : null;
      }
    }
    return null;
  }

  private static boolean normalise(double[] patch) {
    double mean = 0;
    for (double value : patch) {
      mean += value / patch.length;
    }
    double squares = 0;
    for (int i = 0; i < patch.length; i++) {
      patch[i] -= mean;
      squares += patch[i] * patch[i];
    }
    if (squares < 4 * patch.length) {
      return false;
    }
    double norm = Math.sqrt(squares);
    for (int i = 0; i < patch.length; i++) {
      patch[i] /= norm;
    }
    return true;
  }

  private static double @Nullable [] seen(
      RefinedView source, RefinedView target, Rigid3 toFromSource, double x, double y, double z) {
    Vector3 point = toFromSource.apply(source.camera().unproject(x, y, z));
    if (!(point.z() > 1e-9)) {
      return null;
    }
    Intrinsics k = target.camera();
    return new double[] {
      k.fx() * point.x() / point.z() + k.cx(), k.fy() * point.y() / point.z() + k.cy()
    };
  }
}
