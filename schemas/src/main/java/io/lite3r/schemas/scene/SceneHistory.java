package io.lite3r.schemas.scene;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The versions of a scene that are kept: everything that one of them needs is in the store.
 *
 * @param format {@link SceneJson#HISTORY_FORMAT}
 * @param versions by number
 */
public record SceneHistory(String format, List<Kept> versions) {
  public SceneHistory {
    versions = List.copyOf(versions);
  }

  /**
   * A kept version in short; its manifest says the rest.
   *
   * @param version its number
   * @param manifest where its manifest is
   * @param digest its digest, lower-case hex
   * @param publishedAtNs wall clock of publication, Unix nanoseconds
   * @param windows windows in it, whatever became of them
   * @param frames frames fused in it
   * @param nextWindow number of the first window that is not in it
   * @param models the models whose outcomes are in it
   * @param inputs how far each partition of the input is in it
   * @param closes captures whose end it is the first to hold
   * @param contentOf the version whose content it took up again; absent when it is no rollback
   */
  public record Kept(
      long version,
      ObjectRef manifest,
      String digest,
      long publishedAtNs,
      long windows,
      long frames,
      long nextWindow,
      List<SceneManifest.Model> models,
      List<SceneManifest.Input> inputs,
      List<String> closes,
      @Nullable Long contentOf) {

    public Kept {
      models = List.copyOf(models);
      inputs = List.copyOf(inputs);
      closes = List.copyOf(closes);
    }

    /** What a manifest says in short. */
    public static Kept of(SceneManifest manifest, ObjectRef ref) {
      SceneManifest.Rollback rollback = manifest.rollback();
      return new Kept(
          manifest.version(),
          ref,
          manifest.digest(),
          manifest.publishedAtNs(),
          manifest.windows(),
          manifest.frames(),
          manifest.nextWindow(),
          manifest.models(),
          manifest.inputs(),
          manifest.captures().stream()
              .filter(c -> c.closed() && c.closedAtNs() == manifest.publishedAtNs())
              .map(SceneManifest.Capture::capture)
              .toList(),
          rollback != null && rollback.version() == manifest.version()
              ? rollback.contentOf()
              : null);
    }
  }
}
