package io.lite3r.console.scene;

import java.util.List;
import java.util.Map;

/**
 * All there is to know of a scene at this moment, ready to be shown. Times are Unix milliseconds: a
 * browser's numbers hold no nanoseconds.
 *
 * @param version its newest version; 0 before the first
 * @param digest of that version; empty before the first
 * @param deleting somebody asked for its deletion and fusion has not confirmed it yet
 * @param versions the last ones, newest first
 * @param rejections the last frames that are not in the scene, newest first
 * @param lastUpdateMs when anything was last heard of it
 */
public record SceneSummary(
    String scene,
    long version,
    String digest,
    long windows,
    long frames,
    long publishedAtMs,
    List<String> closedCaptures,
    boolean deleting,
    Counts counts,
    Freshness freshness,
    List<Published> versions,
    List<Rejection> rejections,
    long lastUpdateMs) {

  public SceneSummary {
    closedCaptures = List.copyOf(closedCaptures);
    versions = List.copyOf(versions);
    rejections = List.copyOf(rejections);
  }

  /**
   * How frames ended so far, each counted once.
   *
   * @param ended all of them
   * @param rejectedByReason rejected and refused ones by reason
   */
  public record Counts(
      long ended,
      long fused,
      long skipped,
      long rejected,
      long refused,
      Map<String, Long> rejectedByReason) {
    public Counts {
      rejectedByReason = Map.copyOf(rejectedByReason);
    }
  }

  /** A version in the list of versions. */
  public record Published(long version, long publishedAtMs, long windows, long frames) {}

  /** A frame that is not in the scene, and why. */
  public record Rejection(
      long atMs,
      String capture,
      String camera,
      long sequence,
      String reason,
      String stage,
      String detail) {}
}
