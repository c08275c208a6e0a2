package io.lite3r.fusion.edge;

import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.StoredObject;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneHistory;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one scene in the object store: its head, moved by compare-and-swap, and those
 * that are kept. What none of them needs is removed.
 */
final class VersionHistory {
  private final ObjectStore objects;
  private final OutcomeMapping outcomes;
  private final ContentWriter contents;
  private final String scene;
  private final Retention retention;
  private final Collector collector;

  private @Nullable SceneHead head;
  private @Nullable String headEtag;
  private List<Kept> kept = List.of();
  private int dropped;

  VersionHistory(ObjectStore objects, String scene, Retention retention) {
    this.objects = objects;
    this.outcomes = new OutcomeMapping(objects);
    this.contents = new ContentWriter(objects);
    this.scene = scene;
    this.retention = retention;
    this.collector = new Collector(objects, scene);
  }

  /** The newest version, when there is one. */
  @Nullable SceneHead head() {
    return head;
  }

  /** A version that is kept. */
  Optional<Kept> kept(long version) {
    return kept.stream().filter(v -> v.version() == version).findFirst();
  }

  /** The head as it is stored. */
  Optional<StoredObject> stored() {
    return objects.get(SceneKeys.head(scene));
  }

  /** Goes on from a stored head; gives its version's manifest. */
  SceneManifest take(StoredObject stored) {
    SceneHead found = SceneJson.readHead(stored.bytes());
    head = found;
    headEtag = stored.etag();
    SceneManifest manifest = manifest(found.manifest());
    ObjectRef history = found.history();
    kept =
        history == null
            ? List.of(Kept.of(manifest, found.manifest()))
            : SceneJson.readHistory(objects.get(outcomes.check(history))).versions();
    return manifest;
  }

  SceneManifest manifest(ObjectRef ref) {
    return SceneJson.readManifest(objects.get(outcomes.check(ref)))
        .withTiles(object -> objects.get(outcomes.check(object)));
  }

  /**
   * Makes a version the newest, when everything that it names is written.
   *
   * @throws IllegalStateException when somebody else has moved the head: this fusion does not own
   *     the scene any more and must stop
   */
  SceneHead add(SceneManifest manifest) {
    ObjectRef ref =
        contents.put(
            sha -> SceneKeys.manifest(scene, manifest.version(), sha),
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
            manifest.version(),
            ref,
            manifest.digest(),
            manifest.windows(),
            manifest.frames(),
            manifest.publishedAtNs(),
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
        kept, history, () -> stored().filter(s -> s.etag().equals(headEtag)).isPresent());
  }

  /** The scene was removed. */
  void forget() {
    head = null;
    headEtag = null;
    kept = List.of();
    dropped = 0;
  }
}
