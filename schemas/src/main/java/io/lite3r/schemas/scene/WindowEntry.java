package io.lite3r.schemas.scene;

import io.lite3r.geometry.Sim3;
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
 * @param submap its depth, confidence and colour (schemas/submap-object.md); absent when
 *     unreconstructable
 * @param frames its views in the window's order
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
    @Nullable ObjectRef submap,
    List<FrameEntry> frames) {

  public WindowEntry {
    frames = List.copyOf(frames);
  }

  /** What became of a window. */
  public enum WindowStatus {
    /** Its depth is in the volume. */
    FUSED,
    /** Reconstruction gave no geometry. */
    UNRECONSTRUCTABLE,
    /** It has geometry that could not be placed. */
    UNALIGNED
  }
}
