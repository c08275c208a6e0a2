package io.lite3r.schemas.scene;

import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import java.util.ArrayList;
import java.util.List;
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

  /** Of a window in which nobody looks for loops. */
  public WindowEntry(
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
      List<FrameEntry> frames) {
    this(
        number,
        numberInCapture,
        windowId,
        outcomeKey,
        capture,
        version,
        publishedAtNs,
        status,
        reason,
        chain,
        sceneFromSubmap,
        alignment,
        link,
        submap,
        frames,
        null);
  }

  /** Verifications that took effect once this window had been applied. */
  public List<WindowLoops.Closing> closedLoops() {
    return loops == null ? List.of() : loops.closed();
  }

  /** The same entry with what is known of loops. */
  public WindowEntry with(WindowLoops nowLoops) {
    return new WindowEntry(
        number,
        numberInCapture,
        windowId,
        outcomeKey,
        capture,
        version,
        publishedAtNs,
        status,
        reason,
        chain,
        sceneFromSubmap,
        alignment,
        link,
        submap,
        frames,
        nowLoops);
  }

  /** The same entry with other frames, version and time. */
  public WindowEntry with(List<FrameEntry> nowFrames, long nowVersion, long nowPublishedAtNs) {
    return new WindowEntry(
        number,
        numberInCapture,
        windowId,
        outcomeKey,
        capture,
        nowVersion,
        nowPublishedAtNs,
        status,
        reason,
        chain,
        sceneFromSubmap,
        alignment,
        link,
        submap,
        nowFrames,
        loops);
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
    return new WindowEntry(
        number,
        numberInCapture,
        windowId,
        outcomeKey,
        capture,
        version,
        publishedAtNs,
        status,
        reason,
        chain,
        nowSceneFromSubmap,
        alignment,
        link,
        submap,
        nowFrames,
        loops);
  }

  /**
   * The same window, taken out of the scene again: only its number, its submap and the names of its
   * frames are left.
   *
   * @param why a sentence
   */
  public WindowEntry withdrawn(String why) {
    return new WindowEntry(
        number,
        numberInCapture,
        windowId,
        outcomeKey,
        capture,
        version,
        publishedAtNs,
        WindowStatus.WITHDRAWN,
        why,
        -1,
        null,
        null,
        null,
        submap,
        frames.stream().map(FrameEntry::withdrawn).toList());
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
