package io.lite3r.schemas.scene;

import java.util.List;

/**
 * What is remembered of a deleted scene, so that numbering goes on and a repeated deletion has no
 * second effect.
 *
 * @param format {@link SceneJson#TOMBSTONE_FORMAT}
 * @param scene the scene
 * @param version the last version it had
 * @param nextWindow number of the first window that was not in it
 * @param deletionRequestedAtNs the request that was carried out, Unix nanoseconds
 * @param captures how far its captures had come
 * @param pending the last applied window of each capture that has not ended: its frames may stand
 *     in a later window too and have had no outcome yet
 */
public record SceneTombstone(
    String format,
    String scene,
    long version,
    long nextWindow,
    long deletionRequestedAtNs,
    List<SceneManifest.Capture> captures,
    List<WindowEntry> pending) {
  public SceneTombstone {
    captures = List.copyOf(captures);
    pending = List.copyOf(pending);
  }
}
