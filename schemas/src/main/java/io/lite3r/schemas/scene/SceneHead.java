package io.lite3r.schemas.scene;

import org.jspecify.annotations.Nullable;

/**
 * The one object of a scene that moves, always by compare-and-swap: it names the newest version.
 *
 * @param format {@link SceneJson#HEAD_FORMAT}
 * @param scene the scene
 * @param version its newest version, from 1
 * @param manifest the version's {@link SceneManifest}
 * @param digest the version's digest, lower-case hex
 * @param windows windows in the version, whatever became of them
 * @param frames frames fused in the version
 * @param publishedAtNs wall clock of publication, Unix nanoseconds
 * @param history the versions that are kept, this one among them ({@link SceneHistory}); absent in
 *     heads older than the field
 */
public record SceneHead(
    String format,
    String scene,
    long version,
    ObjectRef manifest,
    String digest,
    long windows,
    long frames,
    long publishedAtNs,
    @Nullable ObjectRef history) {}
