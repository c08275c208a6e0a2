package io.lite3r.console.edge;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneManifest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kept version as the API tells it.
 *
 * @param publishedAtMs Unix milliseconds
 * @param nextWindow number of the first window that is not in it
 * @param closes captures whose end it is the first to hold
 * @param contentOf the version that it went back to; absent when it is no rollback
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record KeptVersion(
    long version,
    String digest,
    long publishedAtMs,
    long windows,
    long frames,
    long nextWindow,
    List<SceneManifest.Model> models,
    List<SceneManifest.Input> inputs,
    List<String> closes,
    @Nullable Long contentOf) {

  static KeptVersion of(Kept kept) {
    return new KeptVersion(
        kept.version(),
        kept.digest(),
        kept.publishedAtNs() / 1_000_000,
        kept.windows(),
        kept.frames(),
        kept.nextWindow(),
        kept.models(),
        kept.inputs(),
        kept.closes(),
        kept.contentOf());
  }
}
