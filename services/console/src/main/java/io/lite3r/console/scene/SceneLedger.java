package io.lite3r.console.scene;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the console has heard of all scenes. Records may come twice and, from different topics, in
 * any order; the ledger counts each frame once and never goes back to an older version.
 *
 * <p>Safe for use from several threads.
 */
public final class SceneLedger {
  private final TreeMap<String, SceneRecord> scenes = new TreeMap<>();
  private final Map<String, Long> deletedAtNs = new HashMap<>();
  private final Map<String, Long> rejectedByStage = new HashMap<>();
  private final Set<String> changed = new HashSet<>();
  private long versionsSeen;

  /** A version was published, or was found as a scene's head. */
  public synchronized void published(Version version) {
    if (record(version.scene()).published(version)) {
      versionsSeen++;
    }
    changed.add(version.scene());
  }

  /**
   * The scene was deleted; what is known of newer versions stays.
   *
   * @param lastVersion the last version it had
   * @param atNs when the deletion was published, Unix nanoseconds
   */
  public synchronized void deleted(String scene, long lastVersion, long atNs) {
    if (atNs <= deletedAtNs.getOrDefault(scene, Long.MIN_VALUE)) {
      return; // told twice; what came since is of a scene begun anew
    }
    deletedAtNs.put(scene, atNs);
    SceneRecord record = scenes.get(scene);
    if (record != null && !record.deletedUpTo(lastVersion)) {
      scenes.remove(scene);
    }
    changed.add(scene);
  }

  /** Somebody asked for the scene's deletion; it stays until {@link #deleted} says that it is. */
  public synchronized void deletionRequested(String scene) {
    SceneRecord record = scenes.get(scene);
    if (record != null) {
      record.deleting = true;
      changed.add(scene);
    }
  }

  /** A frame ended. Frames that ended before their scene was deleted went with it. */
  public synchronized void ended(FrameEnd end) {
    if (end.atNs() <= deletedAtNs.getOrDefault(end.scene(), Long.MIN_VALUE)) {
      return;
    }
    if (!record(end.scene()).ended(end)) {
      return;
    }
    if (end.kind() == FrameEnd.Kind.REJECTED || end.kind() == FrameEnd.Kind.REFUSED) {
      rejectedByStage.merge(end.stage(), 1L, Long::sum);
    }
    changed.add(end.scene());
  }

  /** All scenes, by name. */
  public synchronized List<SceneSummary> summaries() {
    return scenes.values().stream().map(SceneRecord::summary).toList();
  }

  /** One scene, when it is known. */
  public synchronized Optional<SceneSummary> summary(String scene) {
    return Optional.ofNullable(scenes.get(scene)).map(SceneRecord::summary);
  }

  /** The newest version of a scene, when it has one. */
  public synchronized Optional<Version> newest(String scene) {
    return Optional.ofNullable(scenes.get(scene)).flatMap(SceneRecord::newest);
  }

  /** One of the scene's remembered versions. */
  public synchronized Optional<Version> version(String scene, long version) {
    return Optional.ofNullable(scenes.get(scene)).flatMap(record -> record.version(version));
  }

  /** How many frames each stage has refused or rejected, all scenes together. */
  public synchronized Map<String, Long> rejectedByStage() {
    return Map.copyOf(rejectedByStage);
  }

  /** How many versions were published, all scenes together. */
  public synchronized long versionsSeen() {
    return versionsSeen;
  }

  /** The scenes that changed since the last call, deleted ones among them. */
  public synchronized Collection<String> takeChanged() {
    List<String> taken = List.copyOf(changed);
    changed.clear();
    return taken;
  }

  private SceneRecord record(String scene) {
    return scenes.computeIfAbsent(scene, SceneRecord::new);
  }
}
