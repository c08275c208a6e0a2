package io.lite3r.schemas.scene;

import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What became of one window.
 *
 * @param number its number in the scene
 * @param numberInCapture its number in its capture
 * @param windowId its id
 * @param outcomeKey names the stored outcome
 * @param capture its capture
 * @param version the first version that holds it
 * @param publishedAtNs wall clock of that version, Unix nanoseconds
 * @param status what became of it
 * @param reason a sentence when it was not fused, or when it starts a chain nothing ties to the
 *     rest; absent otherwise
 * @param chain windows of one chain are tied to each other by shared views; the chain is named by
 *     the number of its first window; -1 when not fused
 * @param sceneFromSubmap where its submap lies; absent when not fused
 * @param alignment how well its shared views fit; absent when it shares none and when not fused.
 *     The first window of a chain has one when its link was {@code broken}
 * @param link what its place was measured from; absent when nothing ties it, and in entries older
 *     than the field
 * @param submap its depth, confidence and colour (schemas/submap-object.md); absent when
 *     unreconstructable
 * @param frames its views in the window's order
 * @param loops what is known of places that its views show again; absent when nobody looks for
 *     loops, and in entries older than the field
 */
public record WindowEntry(
    long number,
    long numberInCapture,
    String windowId,
    String outcomeKey,
    String capture,
    long version,
    long publishedAtNs,
    WindowStatus status,
    @Nullable String reason,
    long chain,
    @Nullable Sim3 sceneFromSubmap,
    @Nullable AlignmentQuality alignment,
    @Nullable SubmapLink link,
    @Nullable ObjectRef submap,
    List<FrameEntry> frames,
    @Nullable WindowLoops loops) {

  public WindowEntry {
    frames = List.copyOf(frames);
  }

  /** Verifications that took effect once this window had been applied. */
  public List<WindowLoops.Closing> closedLoops() {
    return loops == null ? List.of() : loops.closed();
  }

  /** The same entry with what is known of loops. */
  public WindowEntry with(WindowLoops nowLoops) {
    return with(draft -> draft.loops = nowLoops);
  }

  /** The same entry with other frames. */
  public WindowEntry with(List<FrameEntry> nowFrames) {
    return with(draft -> draft.frames = nowFrames);
  }

  /** The same entry, held first by this version. */
  public WindowEntry publishedIn(long nowVersion, long nowPublishedAtNs) {
    return with(
        draft -> {
          draft.version = nowVersion;
          draft.publishedAtNs = nowPublishedAtNs;
        });
  }

  /**
   * The same window, fused at another place and with corrected poses.
   *
   * @param nowSubmapFromCamera of each frame
   */
  public WindowEntry at(Sim3 nowSceneFromSubmap, List<Rigid3> nowSubmapFromCamera) {
    List<FrameEntry> nowFrames = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      Rigid3 pose = nowSubmapFromCamera.get(i);
      nowFrames.add(frames.get(i).withPose(pose, nowSceneFromSubmap.carry(pose)));
    }
    return with(
        draft -> {
          draft.sceneFromSubmap = nowSceneFromSubmap;
          draft.frames = nowFrames;
        });
  }

  /**
   * The same window, taken out of the scene again: only its number, its submap and the names of its
   * frames are left.
   *
   * @param why a sentence
   */
  public WindowEntry withdrawn(String why) {
    return with(
        draft -> {
          draft.status = WindowStatus.WITHDRAWN;
          draft.reason = why;
          draft.chain = -1;
          draft.sceneFromSubmap = null;
          draft.alignment = null;
          draft.link = null;
          draft.frames = frames.stream().map(FrameEntry::withdrawn).toList();
          draft.loops = null;
        });
  }

  private WindowEntry with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new WindowEntry(
        number,
        numberInCapture,
        windowId,
        outcomeKey,
        capture,
        draft.version,
        draft.publishedAtNs,
        draft.status,
        draft.reason,
        draft.chain,
        draft.sceneFromSubmap,
        draft.alignment,
        draft.link,
        submap,
        draft.frames,
        draft.loops);
  }

  /** What may change about an entry. */
  private static final class Draft {
    long version;
    long publishedAtNs;
    WindowStatus status;
    @Nullable String reason;
    long chain;
    @Nullable Sim3 sceneFromSubmap;
    @Nullable AlignmentQuality alignment;
    @Nullable SubmapLink link;
    List<FrameEntry> frames;
    @Nullable WindowLoops loops;

    Draft(WindowEntry from) {
      version = from.version;
      publishedAtNs = from.publishedAtNs;
      status = from.status;
      reason = from.reason;
      chain = from.chain;
      sceneFromSubmap = from.sceneFromSubmap;
      alignment = from.alignment;
      link = from.link;
      frames = from.frames;
      loops = from.loops;
    }
  }

  /** What became of a window. */
  public enum WindowStatus {
    /** Its depth is in the volume. */
    FUSED,
    /** Reconstruction gave no geometry. */
    UNRECONSTRUCTABLE,
    /** It has geometry that could not be placed. */
    UNALIGNED,
    /** A rollback has taken it out of the scene. */
    WITHDRAWN
  }
}
