package io.lite3r.fusion.edge;

import io.lite3r.schemas.scene.SceneHistory.Kept;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which versions of a scene are kept: the newest, and of the older ones the last of each stretch of
 * time and those with which a capture ended, since what a flight or a day has left is what people
 * come back to.
 *
 * @param newest how many of the newest are kept, at least one
 * @param every of older ones the last in each of these; zero keeps none for its time
 */
record Retention(int newest, Duration every) {
  Retention {
    if (newest < 1 || every.isNegative()) {
      throw new IllegalArgumentException(
          "at least one version and no negative time can be kept, not %d and %s"
              .formatted(newest, every));
    }
  }

  /** Those of the versions, by number, that are kept. */
  List<Kept> of(List<Kept> versions) {
    List<Kept> kept = new ArrayList<>();
    for (int i = 0; i < versions.size(); i++) {
      Kept version = versions.get(i);
      if (i >= versions.size() - newest
          || !version.closes().isEmpty()
          || stretch(version) != stretch(versions.get(i + 1))) {
        kept.add(version);
      }
    }
    return kept;
  }

  private long stretch(Kept version) {
    return every.isZero() ? 0 : Math.floorDiv(version.publishedAtNs(), every.toNanos());
  }

  /** Removing costs a listing of the scene: it waits for so many versions that are not kept. */
  int worthCollecting() {
    return Math.max(1, newest / 4);
  }
}
