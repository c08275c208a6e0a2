package io.lite3r.fusion.scene;

import io.lite3r.schemas.scene.SceneManifest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far each capture of a scene has come: it is whole once all the windows that its end has told
 * of are applied, closed once nothing holds that up any more, and over once a version says so.
 */
final class Captures {
  private final Map<String, SceneManifest.Capture> captures = new LinkedHashMap<>();

  /** Takes up what is known of a capture. */
  void put(SceneManifest.Capture capture) {
    captures.put(capture.capture(), capture);
  }

  List<SceneManifest.Capture> all() {
    return List.copyOf(captures.values());
  }

  /** All zero when nothing of it has been seen. */
  SceneManifest.Capture get(String name) {
    return captures.getOrDefault(name, new SceneManifest.Capture(name, false, 0, -1, 0));
  }

  /** One more of its windows has been applied. */
  void applied(String name) {
    SceneManifest.Capture before = get(name);
    put(
        new SceneManifest.Capture(
            name,
            before.closed(),
            before.windows() + 1,
            before.windowCount(),
            before.closedAtNs()));
  }

  /** It has ended and has this many windows in all. */
  void ended(String name, long windowCount) {
    SceneManifest.Capture before = get(name);
    put(
        new SceneManifest.Capture(
            name, before.closed(), before.windows(), windowCount, before.closedAtNs()));
  }

  /** Whether it has ended and all of its windows have been applied. */
  boolean isWhole(String name) {
    SceneManifest.Capture capture = get(name);
    return capture.windowCount() == capture.windows();
  }

  void close(String name) {
    SceneManifest.Capture whole = get(name);
    put(new SceneManifest.Capture(name, true, whole.windows(), whole.windowCount(), 0));
  }

  /** Whether a capture has closed of whose end no version tells. */
  boolean closedUnstamped() {
    return captures.values().stream().anyMatch(c -> c.closed() && c.closedAtNs() == 0);
  }

  /** The captures that have closed since are over. */
  void stampClosed(long publishedAtNs) {
    captures.replaceAll(
        (name, c) ->
            c.closed() && c.closedAtNs() == 0
                ? new SceneManifest.Capture(name, true, c.windows(), c.windowCount(), publishedAtNs)
                : c);
  }
}
