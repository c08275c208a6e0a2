package io.lite3r.reconstruction.model;

import java.util.Locale;

/** What an output of the model is for, with its rank. */
public enum Role {
  /** [S, H, W], z-depth in submap units. */
  DEPTH(3),
  /** [S, H, W], at least 1, larger is surer. */
  CONFIDENCE(3),
  /** [S, 4], submapFromCamera as a quaternion w, x, y, z. */
  ROTATION(2),
  /** [S, 3], submapFromCamera, x_submap = R x_camera + t. */
  TRANSLATION(2),
  /** [S, 2] or [S], see {@link FocalConvention}. */
  FOCAL(-1);

  private final int rank;

  Role(int rank) {
    this.rank = rank;
  }

  /** Number of dimensions; {@link #FOCAL} has its convention's. */
  int rank(FocalConvention focal) {
    return this == FOCAL ? focal.rank() : rank;
  }

  /** As contract.json writes it. */
  public String contractName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
