package io.lite3r.fusion.scene;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.ViewRefinement;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A window's stored planes as its entry says that they are: stored depth stays the model's. */
final class EntryPlanes {
  private EntryPlanes() {}

  /** With the cameras, depth and poses that the window lies with now. */
  static List<SubmapView> posed(WindowEntry entry, List<SubmapView> stored) {
    return with(entry, stored, FrameEntry::submapFromCamera);
  }

  /** With the poses that the window had before what is known of places corrected them. */
  static List<SubmapView> measured(WindowEntry entry, List<SubmapView> stored) {
    return with(entry, stored, FrameEntry::measured);
  }

  private static List<SubmapView> with(
      WindowEntry entry, List<SubmapView> stored, Function<FrameEntry, @Nullable Rigid3> pose) {
    List<SubmapView> views = new ArrayList<>();
    for (int i = 0; i < stored.size(); i++) {
      FrameEntry frame = entry.frames().get(i);
      ViewRefinement refinement = frame.refinement();
      views.add(
          stored
              .get(i)
              .corrected(refinement == null ? null : refinement.depth())
              .by(
                  Objects.requireNonNull(frame.depthIntrinsics()),
                  Objects.requireNonNull(pose.apply(frame))));
    }
    return views;
  }
}
