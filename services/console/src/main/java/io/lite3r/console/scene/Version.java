package io.lite3r.console.scene;

import java.util.List;

/**
 * A published version of a scene, as its update or its head told.
 *
 * @param version from 1; numbering goes on after a deletion
 * @param manifest where its manifest is
 * @param digest lower-case hex
 * @param windows windows in it
 * @param frames frames fused in it
 * @param closedCaptures captures that are wholly in it
 * @param newestAcceptedAtNs acceptance of the newest frame it first holds, Unix nanoseconds; 0 when
 *     not told
 * @param publishedAtNs Unix nanoseconds
 */
public record Version(
    String scene,
    long version,
    ManifestRef manifest,
    String digest,
    long windows,
    long frames,
    List<String> closedCaptures,
    long newestAcceptedAtNs,
    long publishedAtNs) {

  public Version {
    closedCaptures = List.copyOf(closedCaptures);
  }

  /**
   * A manifest in the object store.
   *
   * @param key its key
   * @param sizeBytes its length
   * @param sha256 of its bytes, lower-case hex
   */
  public record ManifestRef(String key, long sizeBytes, String sha256) {}
}
