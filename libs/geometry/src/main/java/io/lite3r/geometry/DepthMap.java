package io.lite3r.geometry;

/**
 * z-depth of one view, row by row, in the unit of its submap; 0 means none. Wraps the given array
 * without a copy: whoever hands it over stops writing to it. Not a record, since arrays have no
 * value equality.
 */
public final class DepthMap {
  private final int width;
  private final int height;
  private final float[] values;

  public DepthMap(int width, int height, float[] values) {
    if (values.length != width * height) {
      throw new IllegalArgumentException(
          "a depth map of %d x %d needs %d values, got %d"
              .formatted(width, height, width * height, values.length));
    }
    this.width = width;
    this.height = height;
    this.values = values;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  public float at(int column, int row) {
    return values[row * width + column];
  }

  /** The values themselves, row by row; read only. */
  public float[] values() {
    return values;
  }
}
