package io.lite3r.console.scene;

import io.lite3r.console.scene.SceneSummary.Counts;
import io.lite3r.console.scene.SceneSummary.Published;
import io.lite3r.console.scene.SceneSummary.Rejection;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One scene in the ledger; the ledger holds the lock. */
final class SceneRecord {
  private static final int REJECTIONS_KEPT = 50;
  private static final int VERSIONS_KEPT = 500;
  private static final int VERSIONS_SHOWN = 12;
  private static final long NS_PER_MS = 1_000_000;

  private final String scene;
  private final TreeMap<Long, Version> versions = new TreeMap<>();
  private final Map<String, SequenceSet> endedByCamera = new HashMap<>();
  private final Map<FrameEnd.Kind, Long> counts = new EnumMap<>(FrameEnd.Kind.class);
  private final Map<String, Long> byReason = new HashMap<>();
  private final Deque<Rejection> rejections = new ArrayDeque<>();
  private long lastUpdateNs;
  boolean deleting;

  SceneRecord(String scene) {
    this.scene = scene;
  }

  /** True when the version was new. */
  boolean published(Version version) {
    Version known = versions.get(version.version());
    // A head tells nothing of freshness; the update of the same version does.
    if (known == null || known.newestAcceptedAtNs() == 0) {
      versions.put(version.version(), version);
    }
    if (versions.size() > VERSIONS_KEPT) {
      versions.pollFirstEntry();
    }
    lastUpdateNs = Math.max(lastUpdateNs, version.publishedAtNs());
    return known == null;
  }

  /** Forgets everything up to a version; true when a newer version remains. */
  boolean deletedUpTo(long lastVersion) {
    versions.headMap(lastVersion, true).clear();
    endedByCamera.clear();
    counts.clear();
    byReason.clear();
    rejections.clear();
    deleting = false;
    return !versions.isEmpty();
  }

  /** True when the frame had no outcome before. */
  boolean ended(FrameEnd end) {
    // A refused image never became a frame: it may even carry the id of one that did.
    if (end.kind() != FrameEnd.Kind.REFUSED
        && !endedByCamera
            .computeIfAbsent(end.capture() + "/" + end.camera(), key -> new SequenceSet())
            .add(end.sequence())) {
      return false;
    }
    counts.merge(end.kind(), 1L, Long::sum);
    lastUpdateNs = Math.max(lastUpdateNs, end.atNs());
    if (end.kind() == FrameEnd.Kind.REJECTED || end.kind() == FrameEnd.Kind.REFUSED) {
      byReason.merge(end.reason(), 1L, Long::sum);
      rejections.addFirst(
          new Rejection(
              end.atNs() / NS_PER_MS,
              end.capture(),
              end.camera(),
              end.sequence(),
              end.reason(),
              end.stage(),
              end.detail()));
      if (rejections.size() > REJECTIONS_KEPT) {
        rejections.removeLast();
      }
    }
    return true;
  }

  Optional<Version> newest() {
    return versions.isEmpty() ? Optional.empty() : Optional.of(versions.lastEntry().getValue());
  }

  Optional<Version> version(long version) {
    return Optional.ofNullable(versions.get(version));
  }

  SceneSummary summary() {
    Optional<Version> newest = newest();
    return new SceneSummary(
        scene,
        newest.map(Version::version).orElse(0L),
        newest.map(Version::digest).orElse(""),
        newest.map(Version::windows).orElse(0L),
        newest.map(Version::frames).orElse(0L),
        newest.map(version -> version.publishedAtNs() / NS_PER_MS).orElse(0L),
        newest.map(Version::closedCaptures).orElse(List.of()),
        deleting,
        counts(),
        Freshness.of(freshnessSamplesMs()),
        versions.descendingMap().values().stream()
            .limit(VERSIONS_SHOWN)
            .map(
                version ->
                    new Published(
                        version.version(),
                        version.publishedAtNs() / NS_PER_MS,
                        version.windows(),
                        version.frames()))
            .toList(),
        new ArrayList<>(rejections),
        lastUpdateNs / NS_PER_MS);
  }

  private Counts counts() {
    return new Counts(
        counts.values().stream().mapToLong(Long::longValue).sum(),
        count(FrameEnd.Kind.FUSED),
        count(FrameEnd.Kind.SKIPPED),
        count(FrameEnd.Kind.REJECTED),
        count(FrameEnd.Kind.REFUSED),
        byReason);
  }

  private long count(FrameEnd.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  private List<Long> freshnessSamplesMs() {
    List<Long> newestFirst =
        versions.descendingMap().values().stream()
            .filter(version -> version.newestAcceptedAtNs() > 0)
            .limit(Freshness.KEPT)
            .map(
                version ->
                    Math.max(0, version.publishedAtNs() - version.newestAcceptedAtNs()) / NS_PER_MS)
            .toList();
    return newestFirst.reversed();
  }
}
