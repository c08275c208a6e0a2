package io.lite3r.fusion.refine;

import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Vector3;
import java.util.List;

/**
 * The unknowns of a {@link Bundle} besides depths, each a column of its system: six for each body
 * that moves, one for each camera's focal length, and, when a body has several views, one for the
 * unit.
 */
final class Unknowns {
  /** How many there are. */
  final int size;

  /** Column of the unit; -1 when no body has several views. */
  final int unit;

  private final List<Mount> mounts;
  private final int[] body;
  private final int firstLens;
  private final int lenses;

  /**
   * @param fixed of each body, whether it stays
   */
  Unknowns(List<Mount> mounts, boolean[] fixed) {
    this.mounts = mounts;
    body = new int[fixed.length];
    int next = 0;
    for (int b = 0; b < body.length; b++) {
      body[b] = fixed[b] ? -1 : next;
      next += fixed[b] ? 0 : 6;
    }
    lenses = 1 + mounts.stream().mapToInt(Mount::lens).max().orElse(-1);
    firstLens = next;
    next += lenses;
    boolean rig = mounts.stream().anyMatch(m -> m.bodyFromCamera().translation().norm() > 0);
    unit = rig ? next++ : -1;
    size = next;
  }

  int lenses() {
    return lenses;
  }

  int lens(int lens) {
    return firstLens + lens;
  }

  /** First of a body's six columns, translation then rotation; -1 when it stays. */
  int body(int index) {
    return body[index];
  }

  int bodies() {
    return body.length;
  }

  /** Marks what a sight from one view in another depends on. */
  void mark(int view, int other, boolean[] touched) {
    mark(view, touched);
    mark(other, touched);
    if (unit >= 0) {
      touched[unit] = true;
    }
  }

  private void mark(int view, boolean[] touched) {
    Mount mount = mounts.get(view);
    touched[lens(mount.lens())] = true;
    int at = body[mount.body()];
    for (int k = 0; k < 6 && at >= 0; k++) {
      touched[at + k] = true;
    }
  }

  /**
   * Adds what six derivatives by a camera's own step mean for its body and the unit. With C the
   * camera on its body, the body's step d moves the camera by Ad(C^-1) d.
   *
   * @param six derivatives by translation, then rotation
   * @param at index of the first of them
   */
  void spread(int view, double[] six, int at, double logUnit, double[] into) {
    Mount mount = mounts.get(view);
    int column = body[mount.body()];
    Rigid3 on = BundleState.inUnits(mount.bodyFromCamera(), logUnit);
    Vector3 move = on.rotation().apply(new Vector3(six[at], six[at + 1], six[at + 2]));
    if (column >= 0) {
      Vector3 turn =
          on.rotation()
              .apply(new Vector3(six[at + 3], six[at + 4], six[at + 5]))
              .plus(on.translation().cross(move));
      into[column] += move.x();
      into[column + 1] += move.y();
      into[column + 2] += move.z();
      into[column + 3] += turn.x();
      into[column + 4] += turn.y();
      into[column + 5] += turn.z();
    }
    if (unit >= 0) {
      into[unit] += move.dot(on.translation());
    }
  }
}
