package io.lite3r.reconstruction.model;

import java.util.List;

/** An image size the model was trained for, pixels. */
public record Bucket(int height, int width) {
  /** Equal stretches differ by this much in floating point. */
  private static final double ROUNDING = 1e-9;

  public Bucket {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a bucket needs pixels, got %d x %d".formatted(width, height));
    }
  }

  /**
   * The bucket that stretches the window least: the smallest sum over its views of {@code |log
   * (view's aspect ratio / bucket's aspect ratio)|}; the first of equals. All views of a window
   * share a bucket, since they pass the model as one tensor.
   *
   * @param aspectRatios width / height of each view
   */
  public static Bucket nearest(List<Bucket> buckets, List<Double> aspectRatios) {
    Bucket nearest = buckets.getFirst();
    double least = Double.POSITIVE_INFINITY;
    for (Bucket bucket : buckets) {
      double ratio = (double) bucket.width / bucket.height;
      double stretch = aspectRatios.stream().mapToDouble(a -> Math.abs(Math.log(a / ratio))).sum();
      if (stretch < least - ROUNDING) {
        least = stretch;
        nearest = bucket;
      }
    }
    return nearest;
  }
}
