package io.lite3r.tests;

import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.StoredObject;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.TileList;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.v1.FrameId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A scene as it lies in the object store, reached from its head; every object that is named on the
 * way is read and compared with what was claimed of it.
 */
final class StoredScene {
  private final ObjectStore objects;
  private final String scene;
  private final List<String> violations = new ArrayList<>();
  private final List<WindowEntry> windows = new ArrayList<>();
  private final Set<String> reached = new HashSet<>();
  private SceneHead head;
  private SceneManifest manifest;
  private long orphans;

  private StoredScene(ObjectStore objects, String scene) {
    this.objects = objects;
    this.scene = scene;
  }

  static StoredScene read(ObjectStore objects, String scene) {
    StoredScene stored = new StoredScene(objects, scene);
    stored.walk();
    return stored;
  }

  /** Null when the scene has none. */
  SceneHead head() {
    return head;
  }

  SceneManifest manifest() {
    return manifest;
  }

  /** All windows in the order of the manifest. */
  List<WindowEntry> windows() {
    return windows;
  }

  List<String> violations() {
    return violations;
  }

  int checked() {
    return reached.size();
  }

  /** Objects under the scene's prefix that neither the head nor any earlier version names. */
  long orphans() {
    return orphans;
  }

  /** Frames that some window holds as fused, with the first version that does. */
  Map<FrameId, Long> fusedFrames() {
    Map<FrameId, Long> fused = new HashMap<>();
    for (WindowEntry window : windows) {
      for (FrameEntry frame : window.frames()) {
        if (frame.status() == FrameEntry.FrameStatus.FUSED) {
          fused.merge(id(window, frame), window.version(), Math::min);
        }
      }
    }
    return fused;
  }

  private FrameId id(WindowEntry window, FrameEntry frame) {
    return FrameId.newBuilder()
        .setScene(scene)
        .setCapture(window.capture())
        .setCamera(frame.camera())
        .setSequence(frame.sequence())
        .build();
  }

  private void walk() {
    Optional<StoredObject> stored = objects.get(SceneKeys.head(scene));
    if (stored.isEmpty()) {
      return;
    }
    reached.add(SceneKeys.head(scene));
    head = SceneJson.readHead(stored.get().bytes());
    byte[] json = check(head.manifest());
    if (json == null) {
      return;
    }
    manifest = whole(json);
    compare("digest", head.digest(), manifest.digest());
    compare("version", head.version(), manifest.version());
    manifest.tiles().forEach(tile -> verify(tile.mesh()));
    detailIsWhole(manifest);
    for (SceneManifest.WindowChunk chunk : manifest.windowChunks()) {
      byte[] list = check(chunk.object());
      if (list != null) {
        windows.addAll(SceneJson.readWindows(list).windows());
      }
    }
    for (WindowEntry window : windows) {
      if (window.submap() != null) {
        check(window.submap());
      }
    }
    if (manifest.snapshot() != null) {
      byte[] snapshot = check(manifest.snapshot());
      if (snapshot != null) {
        SceneJson.readSnapshot(snapshot).voxels().forEach(tile -> verify(tile.object()));
      }
    }
    windowsAreWhole();
    followThePast(manifest.previous());
    orphans =
        objects.list(SceneKeys.prefix(scene)).stream()
            .filter(key -> !reached.contains(key))
            .count();
  }

  /** The manifest with its tiles; none when a list of them is missing. */
  private SceneManifest whole(byte[] json) {
    byte[] none = SceneJson.write(new TileList(SceneJson.TILES_FORMAT, List.of()));
    return SceneJson.readManifest(json)
        .withTiles(ref -> Objects.requireNonNullElse(check(ref), none));
  }

  /** The tileset, its parts, and the coarser levels that are in it. */
  private void detailIsWhole(SceneManifest of) {
    verify(of.detail().tileset());
    of.tileGroups().forEach(group -> verify(group.tileset()));
    byte[] levels = check(of.detail().levels());
    if (levels != null) {
      SceneJson.readLevels(levels).nodes().stream()
          .filter(node -> node.mesh() != null)
          .forEach(node -> verify(node.mesh()));
    }
  }

  private void windowsAreWhole() {
    compare("number of windows", manifest.windows(), (long) windows.size());
    compare("frames", manifest.frames(), (long) fusedFrames().size());
    Map<FrameId, Integer> best = new HashMap<>();
    for (int i = 0; i < windows.size(); i++) {
      WindowEntry window = windows.get(i);
      compare("number of window " + i, (long) i, window.number());
      for (FrameEntry frame : window.frames()) {
        if (frame.best()) {
          best.merge(id(window, frame), 1, Integer::sum);
        }
      }
    }
    for (FrameId frame : fusedFrames().keySet()) {
      compare("windows that represent " + Audit.name(frame), 1, best.getOrDefault(frame, 0));
    }
  }

  /** Earlier versions stay readable, down to the first. */
  private void followThePast(ObjectRef previous) {
    long expected = manifest.version() - 1;
    for (ObjectRef ref = previous; ref != null; ) {
      byte[] json = check(ref);
      if (json == null) {
        return;
      }
      SceneManifest older = whole(json);
      compare("version in the history", expected--, older.version());
      older.tiles().forEach(tile -> verify(tile.mesh()));
      detailIsWhole(older);
      older.windowChunks().forEach(chunk -> verify(chunk.object()));
      if (older.snapshot() != null) {
        reached.add(older.snapshot().key());
      }
      ref = older.previous();
    }
    compare("versions before the first", 0L, expected);
  }

  /** Reads an object once, however often it is named. */
  private void verify(ObjectRef ref) {
    if (!reached.contains(ref.key())) {
      check(ref);
    }
  }

  /** The object's bytes, or null when it is not what it should be. */
  private byte[] check(ObjectRef ref) {
    boolean known = !reached.add(ref.key());
    byte[] bytes = objects.get(ref.key()).map(StoredObject::bytes).orElse(null);
    if (bytes == null) {
      violations.add("L6: %s is named and does not exist".formatted(ref.key()));
    } else if (!known
        && (bytes.length != ref.sizeBytes() || !Ledgers.sha256(bytes).equals(ref.sha256()))) {
      violations.add("L6: %s is not what the manifest says".formatted(ref.key()));
    }
    return bytes;
  }

  private void compare(String what, Object one, Object other) {
    if (!one.equals(other)) {
      violations.add("L6: %s: %s and %s".formatted(what, one, other));
    }
  }
}
