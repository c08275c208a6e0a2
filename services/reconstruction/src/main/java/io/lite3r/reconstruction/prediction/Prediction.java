package io.lite3r.reconstruction.prediction;

import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.FocalConvention;

/**
 * The model's raw answer for one window, unchecked.
 *
 * @param depth [S, H, W], z-depth in submap units
 * @param confidence [S, H, W]
 * @param rotation [S, 4], submapFromCamera, w x y z
 * @param translation [S, 3], submapFromCamera, submap units
 * @param focal [S, 2] or [S], as {@code focalConvention} says
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; five named arrays and no more.
public record Prediction(
    int views,
    Bucket grid,
    float[] depth,
    float[] confidence,
    float[] rotation,
    float[] translation,
    float[] focal,
    FocalConvention focalConvention) {

  public Prediction {
    int pixels = views * grid.height() * grid.width();
    require("depth", depth, pixels);
    require("confidence", confidence, pixels);
    require("rotation", rotation, 4 * views);
    require("translation", translation, 3 * views);
    require("focal", focal, focalConvention == FocalConvention.BOTH_AXES ? 2 * views : views);
  }

  private static void require(String name, float[] values, int count) {
    if (values.length != count) {
      throw new IllegalArgumentException(
          "the model's %s has %d values, its contract promises %d for this window"
              .formatted(name, values.length, count));
    }
  }

  /** Focal length of a view along x, relative to the grid's width. */
  double focalX(int view) {
    return switch (focalConvention) {
      case BOTH_AXES -> focal[2 * view];
      case SQUARE_PIXELS -> focal[view];
    };
  }

  /** Focal length of a view along y, relative to the grid's height. */
  double focalY(int view) {
    return switch (focalConvention) {
      case BOTH_AXES -> focal[2 * view + 1];
      case SQUARE_PIXELS -> (double) focal[view] * grid.width() / grid.height();
    };
  }
}
