package io.lite3r.fusion.edge;

import io.lite3r.fusion.mesh.GlbWriter;
import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.fusion.mesh.SurfaceNets;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.fusion.tsdf.VoxelCodec;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.StoredObject;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneHistory;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.SceneTombstone;
import io.lite3r.schemas.scene.VolumeSnapshot;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import io.lite3r.schemas.scene.WindowList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One scene in the object store, for the one fusion that owns it: writes versions and finds them
 * again. Objects first, then the manifest that names them, then the head, so a reader of a head
 * finds everything, and a writer that dies in between has changed nothing.
 */
final class SceneStore {
  private static final int WINDOWS_PER_CHUNK = 64;

  /** Tiles whose surface is extracted before the volume is kept to its budget again. */
  private static final int TILES_AT_ONCE = 32;

  private final ObjectStore objects;
  private final OutcomeMapping outcomes;
  private final ContentWriter contents;
  private final String scene;
  private final Parallel parallel;
  private final int snapshotWindows;
  private final Retention retention;
  private final Collector collector;

  private final TreeMap<TileId, SceneManifest.Tile> tiles = new TreeMap<>();
  private final List<SceneManifest.WindowChunk> chunks = new ArrayList<>();
  private final TreeMap<TileId, ObjectRef> voxels = new TreeMap<>();
  private @Nullable ObjectRef snapshot;
  private int windowsInSnapshot;
  private @Nullable SceneHead head;
  private @Nullable String headEtag;
  private long deletionRequestedAtNs;
  private List<Kept> kept = List.of();
  private int dropped;
  private Resumption resumption = new Resumption(0, 0, 0);
  private List<SceneManifest.Input> inputs = List.of();
  private SceneManifest.@Nullable Rollback rollback;

  SceneStore(
      ObjectStore objects,
      String scene,
      Parallel parallel,
      int snapshotWindows,
      Retention retention) {
    this.objects = objects;
    this.outcomes = new OutcomeMapping(objects);
    this.contents = new ContentWriter(objects);
    this.scene = scene;
    this.parallel = parallel;
    this.snapshotWindows = snapshotWindows;
    this.retention = retention;
    this.collector = new Collector(objects, scene);
  }

  /** The newest version, when there is one. */
  @Nullable SceneHead head() {
    return head;
  }

  /** The newest deletion that was carried out, as it was asked for; 0 when there was none. */
  long deletionRequestedAtNs() {
    return deletionRequestedAtNs;
  }

  /**
   * What the volume was made from again when it was last loaded.
   *
   * @param snapshotNs time to read the snapshot
   * @param windows windows after it that were integrated again
   * @param replayNs time for those
   */
  record Resumption(long snapshotNs, int windows, long replayNs) {}

  Resumption resumption() {
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
    return kept.stream().filter(v -> v.version() == version).findFirst();
  }

  // ---- reading ----------------------------------------------------------------------------------

  /** The scene as its newest version holds it, ready to go on; empty when it never was. */
  FusedScene load(FusionRules rules, Integrator integrator) {
    Optional<SceneTombstone> tombstone =
        objects.get(SceneKeys.tombstone(scene)).map(o -> SceneJson.readTombstone(o.bytes()));
    deletionRequestedAtNs = tombstone.map(SceneTombstone::deletionRequestedAtNs).orElse(0L);
    Optional<StoredObject> stored = objects.get(SceneKeys.head(scene));
    if (stored.isPresent()) {
      SceneHead found = SceneJson.readHead(stored.get().bytes());
      if (tombstone.isEmpty() || tombstone.get().version() < found.version()) {
        head = found;
        headEtag = stored.get().etag();
        return restore(found, rules, integrator);
      }
      removeObjects(); // a deletion that was cut short
    }
    return tombstone
        .map(
            t ->
                new FusedScene(
                    rules, integrator, t.version(), t.nextWindow(), t.captures(), t.pending()))
        .orElseGet(() -> new FusedScene(rules, integrator));
  }

  private FusedScene restore(SceneHead found, FusionRules rules, Integrator integrator) {
    SceneManifest manifest = SceneJson.readManifest(objects.get(outcomes.check(found.manifest())));
    inputs = manifest.inputs();
    rollback = manifest.rollback();
    ObjectRef history = found.history();
    kept =
        history == null
            ? List.of(Kept.of(manifest, found.manifest()))
            : SceneJson.readHistory(objects.get(outcomes.check(history))).versions();
    return restore(manifest, manifest, rules, integrator, List.of());
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
    List<WindowEntry> windows = new ArrayList<>();
    for (SceneManifest.WindowChunk chunk : content.windowChunks()) {
      windows.addAll(SceneJson.readWindows(objects.get(outcomes.check(chunk.object()))).windows());
      chunks.add(chunk);
    }
    content.tiles().forEach(tile -> tiles.put(TileId.parse(tile.id()), tile));
    FusedScene restored =
        new FusedScene(
            rules,
            integrator,
            now.version(),
            content.nextWindow() - windows.size(),
            List.of(),
            List.of());
    restored.restore(now, windows);
    Volume volume = restored.volume();
    if (volume != null) {
      readVolume(content, windows, restored, volume);
    }
    withdrawn.forEach(restored::keepNumberOf);
    for (WindowEntry entry : restored.toRemember()) {
      restored.remember(entry, outcomes.planes(entry));
    }
    String digest = restored.digest();
    if (!digest.equals(content.digest())) {
      throw new IllegalStateException(
          ("scene %s version %d was rebuilt with digest %s, its manifest says %s: it was made by other rules of"
                  + " fusion. Delete the scene or run the program that made it")
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
    SceneManifest content = SceneJson.readManifest(objects.get(outcomes.check(to.manifest())));
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
            rollback);
    FusedScene back = restore(content, now, rules, integrator, withdrawn);
    rollback = new SceneManifest.Rollback(to.version(), from.version() + 1, requestedAtNs, 0);
    return back;
  }

  private void readVolume(
      SceneManifest manifest, List<WindowEntry> windows, FusedScene into, Volume volume) {
    long start = System.nanoTime();
    snapshot = manifest.snapshot();
    if (snapshot != null) {
      VolumeSnapshot content = SceneJson.readSnapshot(objects.get(outcomes.check(snapshot)));
      windowsInSnapshot = (int) (content.nextWindow() - (manifest.nextWindow() - windows.size()));
      for (VolumeSnapshot.TileVoxels tile : content.voxels()) {
        voxels.put(TileId.parse(tile.tile()), tile.object());
        VoxelCodec.addTo(volume, objects.get(outcomes.check(tile.object())));
        volume.keepToBudget();
      }
    }
    long read = System.nanoTime();
    int replayed = 0;
    for (WindowEntry entry : windows.subList(windowsInSnapshot, windows.size())) {
      if (entry.sceneFromSubmap() != null && entry.status() == WindowStatus.FUSED) {
        into.reintegrate(entry, outcomes.planes(entry));
        replayed++;
      }
    }
    resumption = new Resumption(read - start, replayed, System.nanoTime() - read);
    volume.takeChangedTiles(); // their surface is in the version that was read
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
      writeTiles(volume);
      if (from.takeMoved() || from.windows().size() - windowsInSnapshot >= snapshotWindows) {
        writeSnapshot(from, volume);
      }
    }
    writeWindows(from);
    String digest = from.digest();
    SceneHead before = head;
    SceneManifest manifest =
        new SceneManifest(
            SceneJson.MANIFEST_FORMAT,
            scene,
            version,
            before == null ? null : before.manifest(),
            digest,
            "scene",
            volume == null ? 0 : volume.voxelSize(),
            nowNs,
            from.windows().size(),
            from.frames(),
            from.nextWindow(),
            from.models(),
            from.captures(),
            List.copyOf(tiles.values()),
            chunks,
            snapshot,
            from.registration(),
            nowInputs,
            rollback);
    ObjectRef ref =
        contents.put(
            sha -> SceneKeys.manifest(scene, version, sha),
            SceneJson.write(manifest),
            SceneJson.MEDIA_TYPE);
    List<Kept> all = new ArrayList<>(kept);
    all.add(Kept.of(manifest, ref));
    List<Kept> nowKept = retention.of(all);
    ObjectRef history =
        contents.put(
            sha -> SceneKeys.history(scene, sha),
            SceneJson.write(new SceneHistory(SceneJson.HISTORY_FORMAT, nowKept)),
            SceneJson.MEDIA_TYPE);
    SceneHead next =
        new SceneHead(
            SceneJson.HEAD_FORMAT,
            scene,
            version,
            ref,
            digest,
            manifest.windows(),
            manifest.frames(),
            nowNs,
            history);
    headEtag =
        objects
            .compareAndSwap(
                SceneKeys.head(scene), SceneJson.write(next), SceneJson.MEDIA_TYPE, headEtag)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the head of scene %s was moved by another fusion; this one does not own the scene any more"
                            .formatted(scene)));
    head = next;
    inputs = nowInputs;
    kept = nowKept;
    dropped += all.size() - nowKept.size();
    return next;
  }

  /** Removes what no kept version needs, when enough has gathered; between two versions only. */
  int collect() {
    SceneHead now = head;
    ObjectRef history = now == null ? null : now.history();
    if (history == null || dropped < retention.worthCollecting()) {
      return 0;
    }
    dropped = 0;
    return collector.collect(
        kept,
        history,
        () ->
            objects
                .get(SceneKeys.head(scene))
                .filter(stored -> stored.etag().equals(headEtag))
                .isPresent());
  }

  private void writeTiles(Volume volume) {
    List<TileId> changed = volume.takeChangedTiles();
    @Nullable Surface[] surfaces = new Surface[changed.size()];
    for (int first = 0; first < changed.size(); first += TILES_AT_ONCE) {
      int begin = first;
      parallel.forEach(
          Math.min(TILES_AT_ONCE, changed.size() - begin),
          1,
          (from, to) -> {
            for (int i = begin + from; i < begin + to; i++) {
              surfaces[i] = surface(volume, changed.get(i));
            }
          });
      volume.keepToBudget();
    }
    List<Callable<SceneManifest.Tile>> writes = new ArrayList<>();
    for (int i = 0; i < surfaces.length; i++) {
      Surface surface = surfaces[i];
      if (surface == null) {
        tiles.remove(changed.get(i));
      } else {
        writes.add(() -> writeTile(volume, surface));
      }
    }
    contents.together(writes).forEach(tile -> tiles.put(TileId.parse(tile.id()), tile));
  }

  @SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
  private record Surface(TileId id, byte[] glb, int vertices, int triangles) {}

  private static @Nullable Surface surface(Volume volume, TileId id) {
    Mesh mesh = SurfaceNets.extract(volume, id);
    return mesh.triangles() == 0
        ? null
        : new Surface(id, GlbWriter.write(mesh), mesh.vertices(), mesh.triangles());
  }

  private SceneManifest.Tile writeTile(Volume volume, Surface surface) {
    TileId id = surface.id();
    SceneManifest.Tile before = tiles.get(id);
    ObjectRef ref =
        contents.put(
            sha -> SceneKeys.tile(scene, sha),
            surface.glb(),
            GlbWriter.MEDIA_TYPE,
            before == null ? null : before.mesh());
    double edge = TileId.VOXELS * volume.voxelSize();
    return new SceneManifest.Tile(
        id.toString(),
        List.of(id.x() * edge, id.y() * edge, id.z() * edge),
        List.of((id.x() + 1) * edge, (id.y() + 1) * edge, (id.z() + 1) * edge),
        ref,
        surface.vertices(),
        surface.triangles());
  }

  private void writeSnapshot(FusedScene from, Volume volume) {
    List<TileId> unsaved = volume.takeUnsavedTiles();
    byte[][] bytes = new byte[unsaved.size()][];
    parallel.forEach(
        unsaved.size(),
        1,
        (first, last) -> {
          for (int i = first; i < last; i++) {
            bytes[i] = VoxelCodec.write(volume, unsaved.get(i));
          }
        });
    List<Callable<ObjectRef>> writes = new ArrayList<>();
    for (byte[] tile : bytes) {
      writes.add(
          () -> contents.put(sha -> SceneKeys.voxels(scene, sha), tile, VoxelCodec.MEDIA_TYPE));
    }
    List<ObjectRef> written = contents.together(writes);
    for (int i = 0; i < unsaved.size(); i++) {
      voxels.put(unsaved.get(i), written.get(i));
    }
    VolumeSnapshot content =
        new VolumeSnapshot(
            SceneJson.SNAPSHOT_FORMAT,
            from.nextWindow(),
            voxels.entrySet().stream()
                .map(e -> new VolumeSnapshot.TileVoxels(e.getKey().toString(), e.getValue()))
                .toList());
    snapshot =
        contents.put(
            sha -> SceneKeys.snapshot(scene, sha), SceneJson.write(content), SceneJson.MEDIA_TYPE);
    windowsInSnapshot = from.windows().size();
  }

  private void writeWindows(FusedScene from) {
    List<WindowEntry> windows = from.windows();
    int firstChunk = from.takeFirstChangedWindow() / WINDOWS_PER_CHUNK;
    while (chunks.size() > firstChunk) {
      chunks.removeLast();
    }
    for (int at = chunks.size() * WINDOWS_PER_CHUNK; at < windows.size(); at += WINDOWS_PER_CHUNK) {
      List<WindowEntry> content =
          windows.subList(at, Math.min(windows.size(), at + WINDOWS_PER_CHUNK));
      ObjectRef ref =
          contents.put(
              sha -> SceneKeys.windows(scene, sha),
              SceneJson.write(new WindowList(SceneJson.WINDOWS_FORMAT, content)),
              SceneJson.MEDIA_TYPE);
      chunks.add(new SceneManifest.WindowChunk(content.getFirst().number(), content.size(), ref));
    }
  }

  // ---- forgetting -------------------------------------------------------------------------------

  /** Leaves a tombstone, then removes everything that was stored for the scene. */
  void delete(FusedScene last, long requestedAtNs) {
    SceneTombstone tombstone =
        new SceneTombstone(
            SceneJson.TOMBSTONE_FORMAT,
            scene,
            last.version(),
            last.nextWindow(),
            requestedAtNs,
            last.captures(),
            last.pending());
    writeTombstone(tombstone);
    deletionRequestedAtNs = requestedAtNs;
    removeObjects();
    head = null;
    headEtag = null;
    kept = List.of();
    dropped = 0;
    rollback = null;
    forgetContent();
  }

  private void forgetContent() {
    tiles.clear();
    chunks.clear();
    voxels.clear();
    snapshot = null;
    windowsInSnapshot = 0;
  }

  /** The captures of a deleted scene go on to their end without bringing the scene back. */
  void writeTombstone(FusedScene last) {
    writeTombstone(
        new SceneTombstone(
            SceneJson.TOMBSTONE_FORMAT,
            scene,
            last.version(),
            last.nextWindow(),
            deletionRequestedAtNs,
            last.captures(),
            last.pending()));
  }

  private void writeTombstone(SceneTombstone tombstone) {
    String key = SceneKeys.tombstone(scene);
    String etag = objects.get(key).map(StoredObject::etag).orElse(null);
    if (objects
        .compareAndSwap(key, SceneJson.write(tombstone), SceneJson.MEDIA_TYPE, etag)
        .isEmpty()) {
      throw new IllegalStateException(
          "the tombstone of scene %s was written by another fusion; this one does not own the scene any more"
              .formatted(scene));
    }
  }

  /** Removes what reconstruction stored of one window. */
  void removeOutcome(String outcomeKey) {
    objects.delete(List.of("outcomes/%s/%s".formatted(scene, outcomeKey)));
    objects.deleteAll("submaps/%s/%s".formatted(scene, outcomeKey));
  }

  private void removeObjects() {
    // The head goes first: from then on nobody finds the rest.
    objects.delete(List.of(SceneKeys.head(scene)));
    objects.deleteAll(SceneKeys.prefix(scene));
    objects.deleteAll(SceneKeys.cold(scene));
    objects.deleteAll("submaps/" + scene + "/");
    objects.deleteAll("outcomes/" + scene + "/");
    objects.deleteAll("originals/" + scene + "/");
  }
}
