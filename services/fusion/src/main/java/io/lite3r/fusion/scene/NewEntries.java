package io.lite3r.fusion.scene;

import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.AlignmentQuality;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.FrameEntry.FrameStatus;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SubmapLink;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is written down of a window when it is applied; no version holds it yet. */
final class NewEntries {
  private static final Place NOWHERE = new Place(-1, null, null, null, null);

  private NewEntries() {}

  /**
   * Where a window lies.
   *
   * @param chain -1: in none
   * @param reason why it starts a chain, when nothing ties that to the rest
   */
  record Place(
      long chain,
      @Nullable Sim3 sceneFromSubmap,
      @Nullable String reason,
      @Nullable AlignmentQuality quality,
      @Nullable SubmapLink link) {

    static Place of(Placement.Verdict.Tied tied) {
      return new Place(tied.chain(), tied.sceneFromSubmap(), null, tied.quality(), tied.link());
    }

    static Place of(Placement.Verdict.NewChain begun) {
      return new Place(
          begun.chain(), begun.sceneFromSubmap(), begun.reason(), begun.quality(), null);
    }
  }

  /**
   * @param voxels to how many each view gave weight
   */
  static WindowEntry fused(
      WindowOutcome outcome, WindowOutcome.Geometry geometry, long[] voxels, Place place) {
    return entry(
        outcome,
        WindowStatus.FUSED,
        place.reason(),
        place,
        geometry.submap(),
        frames(outcome, geometry, voxels, place.sceneFromSubmap()));
  }

  static WindowEntry unaligned(
      WindowOutcome outcome, WindowOutcome.Geometry geometry, String reason) {
    return entry(
        outcome,
        WindowStatus.UNALIGNED,
        reason,
        NOWHERE,
        geometry.submap(),
        frames(outcome, geometry, new long[0], null));
  }

  static WindowEntry unreconstructable(WindowOutcome outcome, String reason) {
    List<FrameEntry> frames = new ArrayList<>();
    for (WindowOutcome.Source source : outcome.sources()) {
      frames.add(
          new FrameEntry(
              source.camera(),
              source.sequence(),
              source.captureTimeNs(),
              source.acceptedAtNs(),
              source.sourceName(),
              frames.size(),
              source.originalWidth(),
              source.originalHeight(),
              FrameStatus.REJECTED,
              false,
              0,
              null,
              null,
              null,
              null,
              null,
              source.priors(),
              null,
              null));
    }
    return entry(outcome, WindowStatus.UNRECONSTRUCTABLE, reason, NOWHERE, null, frames);
  }

  private static List<FrameEntry> frames(
      WindowOutcome outcome,
      WindowOutcome.Geometry geometry,
      long[] voxels,
      @Nullable Sim3 sceneFromSubmap) {
    List<FrameEntry> frames = new ArrayList<>();
    for (int i = 0; i < outcome.sources().size(); i++) {
      WindowOutcome.Source source = outcome.sources().get(i);
      WindowOutcome.View view = geometry.views().get(i);
      boolean fused = i < voxels.length && voxels[i] > 0;
      frames.add(
          new FrameEntry(
              source.camera(),
              source.sequence(),
              source.captureTimeNs(),
              source.acceptedAtNs(),
              source.sourceName(),
              i,
              source.originalWidth(),
              source.originalHeight(),
              fused ? FrameStatus.FUSED : FrameStatus.REJECTED,
              false,
              view.meanConfidence(),
              sceneFromSubmap == null
                  ? null
                  : sceneFromSubmap.carry(view.planes().submapFromCamera()),
              view.planes().submapFromCamera(),
              view.planes()
                  .intrinsics()
                  .mapped(
                      view.originalFromDepth(), source.originalWidth(), source.originalHeight()),
              view.planes().intrinsics(),
              view.originalFromDepth(),
              source.priors(),
              null,
              view.refinement()));
    }
    return frames;
  }

  private static WindowEntry entry(
      WindowOutcome outcome,
      WindowStatus status,
      @Nullable String reason,
      Place place,
      @Nullable ObjectRef submap,
      List<FrameEntry> frames) {
    return new WindowEntry(
        outcome.number(),
        outcome.numberInCapture(),
        outcome.windowId(),
        outcome.outcomeKey(),
        outcome.capture(),
        0,
        0,
        status,
        reason,
        place.chain(),
        place.sceneFromSubmap(),
        place.quality(),
        place.link(),
        submap,
        frames,
        null);
  }
}
