package io.lite3r.fusion.edge;

import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowList;
import java.util.ArrayList;
import java.util.List;

/**
 * The windows of one scene in the object store, in chunks, so that only the last are written anew.
 */
final class StoredWindows {
  private static final int PER_CHUNK = 64;

  private final ObjectStore objects;
  private final OutcomeMapping outcomes;
  private final ContentWriter contents;
  private final String scene;
  private final List<SceneManifest.WindowChunk> chunks = new ArrayList<>();

  StoredWindows(ObjectStore objects, String scene) {
    this.objects = objects;
    this.outcomes = new OutcomeMapping(objects);
    this.contents = new ContentWriter(objects);
    this.scene = scene;
  }

  void forget() {
    chunks.clear();
  }

  List<SceneManifest.WindowChunk> chunks() {
    return List.copyOf(chunks);
  }

  /** The windows of a version, by number. */
  List<WindowEntry> read(SceneManifest content) {
    List<WindowEntry> windows = new ArrayList<>();
    for (SceneManifest.WindowChunk chunk : content.windowChunks()) {
      windows.addAll(SceneJson.readWindows(objects.get(outcomes.check(chunk.object()))).windows());
      chunks.add(chunk);
    }
    return windows;
  }

  /** Writes the chunks from the first window on that has changed since this was last asked. */
  void write(FusedScene from) {
    List<WindowEntry> windows = from.windows();
    int firstChunk = from.takeFirstChangedWindow() / PER_CHUNK;
    while (chunks.size() > firstChunk) {
      chunks.removeLast();
    }
    for (int at = chunks.size() * PER_CHUNK; at < windows.size(); at += PER_CHUNK) {
      List<WindowEntry> content = windows.subList(at, Math.min(windows.size(), at + PER_CHUNK));
      ObjectRef ref =
          contents.put(
              sha -> SceneKeys.windows(scene, sha),
              SceneJson.write(new WindowList(SceneJson.WINDOWS_FORMAT, content)),
              SceneJson.MEDIA_TYPE);
      chunks.add(new SceneManifest.WindowChunk(content.getFirst().number(), content.size(), ref));
    }
  }
}
