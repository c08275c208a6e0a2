package io.lite3r.fusion.edge;

import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.tsdf.ColdTiles;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.StoredObject;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.SceneTombstone;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One scene in the object store, for the one fusion that owns it: writes versions and finds them
 * again. Objects first, then the manifest that names them, then the head, so a reader of a head
 * finds everything, and a writer that dies in between has changed nothing.
 */
final class SceneStore {
  private final OutcomeMapping outcomes;
  private final String scene;
  private final int snapshotWindows;
  private final VersionHistory versions;
  private final StoredSurface surface;
  private final ColdObjects cold;
  private final StoredVolume voxels;
  private final StoredWindows windows;
  private final SceneRemoval removal;

  private long deletionRequestedAtNs;
  private StoredVolume.Resumption resumption = new StoredVolume.Resumption(0, 0, 0);
  private List<SceneManifest.Input> inputs = List.of();
  private SceneManifest.@Nullable Rollback rollback;

  SceneStore(
      ObjectStore objects,
      String scene,
      Parallel parallel,
      int snapshotWindows,
      Retention retention) {
    this.outcomes = new OutcomeMapping(objects);
    this.scene = scene;
    this.snapshotWindows = snapshotWindows;
    this.versions = new VersionHistory(objects, scene, retention);
    this.surface = new StoredSurface(objects, scene, parallel);
    this.cold = new ColdObjects(objects, scene);
    this.voxels = new StoredVolume(objects, cold, scene, parallel);
    this.windows = new StoredWindows(objects, scene);
    this.removal = new SceneRemoval(objects, scene);
  }

  /** Where the scene's volume finds the tiles that it has not in memory. */
  ColdTiles coldTiles() {
    return cold;
  }

  /** The newest version, when there is one. */
  @Nullable SceneHead head() {
    return versions.head();
  }

  /** The newest deletion that was carried out, as it was asked for; 0 when there was none. */
  long deletionRequestedAtNs() {
    return deletionRequestedAtNs;
  }

  /** What the volume was made from again when it was last loaded. */
  StoredVolume.Resumption resumption() {
    return resumption;
  }

  /** How far each partition of the input is in the newest version. */
  List<SceneManifest.Input> inputs() {
    return inputs;
  }

  /** The last rollback that was carried out, when there was one. */
  SceneManifest.@Nullable Rollback rollback() {
    return rollback;
  }

  /** A version that is kept. */
  Optional<Kept> kept(long version) {
    return versions.kept(version);
  }

  // ---- reading ----------------------------------------------------------------------------------

  /** The scene as its newest version holds it, ready to go on; empty when it never was. */
  FusedScene load(FusionRules rules, Integrator integrator) {
    Optional<SceneTombstone> tombstone = removal.tombstone();
    deletionRequestedAtNs = tombstone.map(SceneTombstone::deletionRequestedAtNs).orElse(0L);
    Optional<StoredObject> stored = versions.stored();
    if (stored.isPresent()) {
      long newest = SceneJson.readHead(stored.get().bytes()).version();
      if (tombstone.isEmpty() || tombstone.get().version() < newest) {
        SceneManifest manifest = versions.take(stored.get());
        inputs = manifest.inputs();
        rollback = manifest.rollback();
        return restore(manifest, manifest, rules, integrator, List.of());
      }
      removal.removeAll(); // a deletion that was cut short
    }
    return tombstone
        .map(
            t ->
                new FusedScene(
                    rules, integrator, t.version(), t.nextWindow(), t.captures(), t.pending()))
        .orElseGet(() -> new FusedScene(rules, integrator));
  }

  /**
   * The content of a version in a scene that has come further.
   *
   * @param content the version
   * @param withdrawn windows after it, which are in the scene no more
   * @param now what the scene has besides content
   */
  private FusedScene restore(
      SceneManifest content,
      SceneManifest now,
      FusionRules rules,
      Integrator integrator,
      List<WindowEntry> withdrawn) {
    forgetContent();
    List<WindowEntry> entries = windows.read(content);
    surface.read(content);
    FusedScene restored =
        new FusedScene(
            rules,
            integrator,
            now.version(),
            content.nextWindow() - entries.size(),
            List.of(),
            List.of());
    restored.restore(now, entries);
    Volume volume = restored.volume();
    if (volume != null) {
      resumption = voxels.read(content, entries, restored, volume);
    }
    withdrawn.forEach(restored::keepNumberOf);
    for (WindowEntry entry : restored.toRemember()) {
      restored.remember(entry, outcomes.planes(entry));
    }
    String digest = restored.digest();
    if (!digest.equals(content.digest())) {
      throw new IllegalStateException(
          "scene %s version %d was rebuilt with digest %s, its manifest says %s: other rules of fusion made it. Delete the scene or run the program that made it"
              .formatted(scene, content.version(), digest, content.digest()));
    }
    return restored;
  }

  /**
   * The scene with the content of a kept version: windows that came after it are withdrawn and keep
   * their numbers only. Nothing is stored of it until it is published.
   */
  FusedScene rollBack(
      FusedScene from, Kept to, long requestedAtNs, FusionRules rules, Integrator integrator) {
    SceneManifest content = versions.manifest(to.manifest());
    String why = "taken out of the scene by a rollback to version %d".formatted(to.version());
    List<WindowEntry> withdrawn =
        from.windows().stream()
            .filter(e -> e.number() >= content.nextWindow())
            .map(e -> e.withdrawn(why))
            .toList();
    SceneManifest now =
        new SceneManifest(
            content.format(),
            scene,
            from.version(),
            null,
            content.digest(),
            content.unit(),
            content.voxelSize(),
            content.publishedAtNs(),
            from.windows().size(),
            content.frames(),
            from.nextWindow(),
            from.models(),
            from.captures(),
            content.tiles(),
            content.windowChunks(),
            content.snapshot(),
            content.registration(),
            inputs,
            rollback,
            content.detail(),
            content.tileGroups());
    FusedScene back = restore(content, now, rules, integrator, withdrawn);
    rollback = new SceneManifest.Rollback(to.version(), from.version() + 1, requestedAtNs, 0);
    return back;
  }

  // ---- writing ----------------------------------------------------------------------------------

  /**
   * Writes the scene as its next version and moves the head to it.
   *
   * @throws IllegalStateException when somebody else has moved the head: this fusion does not own
   *     the scene any more and must stop
   */
  SceneHead publish(FusedScene from, List<SceneManifest.Input> nowInputs, long nowNs) {
    long version = from.publish(nowNs);
    SceneManifest.Rollback asked = rollback;
    if (asked != null && asked.publishedAtNs() == 0) {
      rollback =
          new SceneManifest.Rollback(asked.contentOf(), version, asked.requestedAtNs(), nowNs);
    }
    Volume volume = from.volume();
    if (volume != null) {
      write(from, volume, nowNs);
    }
    windows.write(from);
    Registration registration = from.registration();
    double voxelSize = volume == null ? 0 : volume.voxelSize();
    SceneManifest.Detail detail = surface.writeTileset(voxelSize, registration, version);
    SceneHead before = versions.head();
    SceneHead now =
        versions.add(
            new SceneManifest(
                SceneJson.MANIFEST_FORMAT,
                scene,
                version,
                before == null ? null : before.manifest(),
                from.digest(),
                "scene",
                voxelSize,
                nowNs,
                from.windows().size(),
                from.frames(),
                from.nextWindow(),
                from.models(),
                from.captures(),
                List.of(),
                windows.chunks(),
                voxels.snapshot(),
                registration,
                nowInputs,
                rollback,
                detail,
                surface.groups()));
    inputs = nowInputs;
    return now;
  }

  /**
   * Coarser levels wait for a version with a snapshot or with the end of a capture: the first
   * surface and those that follow it each second are not to wait for them.
   */
  private void write(FusedScene from, Volume volume, long nowNs) {
    surface.writeTiles(volume);
    boolean snapshot =
        from.takeMoved() || from.windows().size() - voxels.windowsInSnapshot() >= snapshotWindows;
    if (snapshot) {
      voxels.write(from, volume);
    }
    if (snapshot || from.captures().stream().anyMatch(c -> c.closedAtNs() == nowNs)) {
      surface.completeLevels(volume.voxelSize());
    }
  }

  /** Removes what no kept version needs, when enough has gathered; between two versions only. */
  int collect() {
    return versions.collect();
  }

  // ---- forgetting -------------------------------------------------------------------------------

  /** Leaves a tombstone, then removes everything that was stored for the scene. */
  void delete(FusedScene last, long requestedAtNs) {
    removal.leaveTombstone(last, requestedAtNs);
    deletionRequestedAtNs = requestedAtNs;
    removal.removeAll();
    versions.forget();
    rollback = null;
    forgetContent();
  }

  private void forgetContent() {
    surface.forget();
    voxels.forget();
    windows.forget();
  }

  /** The captures of a deleted scene go on to their end without bringing the scene back. */
  void writeTombstone(FusedScene last) {
    removal.leaveTombstone(last, deletionRequestedAtNs);
  }

  /** Removes what reconstruction stored of one window. */
  void removeOutcome(String outcomeKey) {
    removal.removeOutcome(outcomeKey);
  }
}
