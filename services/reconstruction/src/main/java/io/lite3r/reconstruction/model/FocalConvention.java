package io.lite3r.reconstruction.model;

/**
 * What the model's focal output means; the principal point is at the image's centre either way.
 * Pixels are those of the model's own grid.
 */
public enum FocalConvention {
  /** [S, 2]: fx / width, fy / height. */
  BOTH_AXES("fx/width, fy/height, principal point at centre", 2),
  /** [S]: focal length / width, with square pixels. */
  SQUARE_PIXELS("focal/width, square pixels, principal point at centre", 1);

  private final String contractName;
  private final int rank;

  FocalConvention(String contractName, int rank) {
    this.contractName = contractName;
    this.rank = rank;
  }

  int rank() {
    return rank;
  }

  public static FocalConvention of(String contractName) {
    for (FocalConvention convention : values()) {
      if (convention.contractName.equals(contractName)) {
        return convention;
      }
    }
    throw new IllegalArgumentException(
        "no focal convention is called '%s'".formatted(contractName));
  }
}
