package io.lite3r.fusion.edge;

import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.StoredObject;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneTombstone;
import java.util.List;
import java.util.Optional;

/**
 * Removes one scene from the object store. What remains is a tombstone: where numbering goes on.
 */
final class SceneRemoval {
  private final ObjectStore objects;
  private final String scene;

  SceneRemoval(ObjectStore objects, String scene) {
    this.objects = objects;
    this.scene = scene;
  }

  Optional<SceneTombstone> tombstone() {
    return objects.get(SceneKeys.tombstone(scene)).map(o -> SceneJson.readTombstone(o.bytes()));
  }

  /**
   * Leaves a tombstone in place of the one before.
   *
   * @throws IllegalStateException when another fusion has written one meanwhile
   */
  void leaveTombstone(FusedScene last, long requestedAtNs) {
    SceneTombstone tombstone =
        new SceneTombstone(
            SceneJson.TOMBSTONE_FORMAT,
            scene,
            last.version(),
            last.nextWindow(),
            requestedAtNs,
            last.captures(),
            last.pending());
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

  /** Removes everything that was stored for the scene. */
  void removeAll() {
    // The head goes first: from then on nobody finds the rest.
    objects.delete(List.of(SceneKeys.head(scene)));
    objects.deleteAll(SceneKeys.prefix(scene));
    objects.deleteAll(SceneKeys.cold(scene));
    objects.deleteAll("submaps/" + scene + "/");
    objects.deleteAll("outcomes/" + scene + "/");
    objects.deleteAll("originals/" + scene + "/");
  }

  /** Removes what reconstruction stored of one window. */
  void removeOutcome(String outcomeKey) {
    objects.delete(List.of("outcomes/%s/%s".formatted(scene, outcomeKey)));
    objects.deleteAll("submaps/%s/%s".formatted(scene, outcomeKey));
  }
}
