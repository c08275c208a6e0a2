package io.lite3r.fusion.align;

import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.AlignmentQuality;
import java.util.List;

/** What came of looking for a submap's place: a place and how good it is, or why there is none. */
public sealed interface Alignment {
  /** What {@link AlignmentQuality#degenerate} names a link that ties nothing. */
  String BROKEN = "broken";

  /** The submap's place in the scene. */
  record Aligned(Sim3 sceneFromSubmap, AlignmentQuality quality) implements Alignment {
    /** Too few pixels agree for the place to count as measured. */
    public boolean broken() {
      return List.of(quality.degenerate().split(" ")).contains(BROKEN);
    }
  }

  /** The data do not say where it lies; the reason is a sentence. */
  record Unaligned(String reason) implements Alignment {}
}
