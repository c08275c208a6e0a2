package io.lite3r.console.edge;

import com.google.protobuf.ByteString;
import io.lite3r.console.scene.SceneLedger;
import io.lite3r.console.scene.Version;
import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.ObjectStoreException;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowList;
import io.lite3r.schemas.v1.ClaimCheck;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Reads a scene's objects; what is missing or unreachable becomes a problem a viewer can read. */
@ApplicationScoped
public class SceneObjects {
  private static final Logger LOG = Logger.getLogger(SceneObjects.class);

  /** A chunk holds up to 64 windows and never changes; this many make a day of them cheap. */
  private static final int CHUNKS_KEPT = 128;

  /** A list of tiles is a few kilobytes and never changes. */
  private static final int LISTS_KEPT = 4096;

  private final ObjectStore store;
  private final SceneLedger ledger;
  private final Map<String, WindowList> chunks = newest(CHUNKS_KEPT);
  private final Map<String, byte[]> lists = newest(LISTS_KEPT);

  @Inject
  SceneObjects(ObjectStore store, SceneLedger ledger) {
    this.store = store;
    this.ledger = ledger;
  }

  /** The version asked for, or the newest. */
  Version version(String scene, @Nullable Long version) {
    if (version == null) {
      return ledger
          .newest(Names.scene(scene))
          .orElseThrow(() -> Problem.notFound("scene %s has no version yet".formatted(scene)));
    }
    return ledger
        .version(Names.scene(scene), version)
        .or(() -> kept(scene, version))
        .orElseThrow(
            () ->
                Problem.notFound(
                    "version %d of scene %s is not kept; /api/scenes/%s/versions lists those that are"
                        .formatted(version, scene, scene)));
  }

  private Optional<Version> kept(String scene, long version) {
    return history(scene).stream()
        .filter(kept -> kept.version() == version)
        .findFirst()
        .map(kept -> SceneMapping.version(scene, kept));
  }

  /** The versions that are kept, by number. */
  List<Kept> history(String scene) {
    SceneHead head =
        reading(() -> store.get(SceneKeys.head(Names.scene(scene))))
            .map(stored -> SceneJson.readHead(stored.bytes()))
            .orElseThrow(() -> Problem.notFound("scene %s has no version yet".formatted(scene)));
    ObjectRef history = head.history();
    if (history == null) { // a head from before there was one
      return List.of(Kept.of(content(head.manifest()), head.manifest()));
    }
    return SceneJson.readHistory(bytes(history)).versions();
  }

  /** A version's manifest with its tiles. */
  SceneManifest content(Version version) {
    var ref = version.manifest();
    return SceneJson.readManifest(
            reading(() -> store.get(check(ref.key(), ref.sizeBytes(), ref.sha256()))))
        .withTiles(this::list);
  }

  private SceneManifest content(ObjectRef manifest) {
    return SceneJson.readManifest(bytes(manifest));
  }

  /** The same as JSON: viewers need not know in which groups the tiles are listed. */
  byte[] manifest(Version version) {
    return SceneJson.write(content(version));
  }

  private byte[] list(ObjectRef ref) {
    synchronized (lists) {
      byte[] known = lists.get(ref.sha256());
      if (known != null) {
        return known;
      }
    }
    byte[] read = bytes(ref);
    synchronized (lists) {
      lists.put(ref.sha256(), read);
    }
    return read;
  }

  private static <T> Map<String, T> newest(int kept) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
        return size() > kept;
      }
    };
  }

  private byte[] bytes(ObjectRef ref) {
    return reading(() -> store.get(check(ref.key(), ref.sizeBytes(), ref.sha256())));
  }

  /** The GLB whose SHA-256 is the given one. */
  byte[] tile(String scene, String sha256) {
    return called(scene, SceneKeys.tile(Names.scene(scene), Names.sha256(sha256)), sha256);
  }

  /** The part of a tileset whose SHA-256 is the given one. */
  byte[] tilesetPart(String scene, String sha256) {
    return called(scene, SceneKeys.tileset(Names.scene(scene), Names.sha256(sha256)), sha256);
  }

  private byte[] called(String scene, String key, String sha256) {
    byte[] bytes =
        reading(() -> store.get(key))
            .orElseThrow(
                () ->
                    Problem.notFound(
                        "scene %s has no such tile; its manifest names those it has"
                            .formatted(scene)))
            .bytes();
    if (!Sha256.hex(bytes).equals(sha256)) {
      throw Problem.badGateway(key + " is not what its name says");
    }
    return bytes;
  }

  /** The version's tileset as stored. */
  byte[] tileset(Version version) {
    SceneManifest.Detail detail = content(version).detail();
    if (detail == null) {
      throw Problem.notFound("this version was written before versions had a tileset");
    }
    return bytes(detail.tileset());
  }

  /** All windows of a version, by number. */
  List<WindowList> windows(Version version) {
    SceneManifest manifest = content(version);
    List<WindowList> lists = new ArrayList<>();
    for (SceneManifest.WindowChunk chunk : manifest.windowChunks()) {
      lists.add(windows(chunk.object()));
    }
    return lists;
  }

  private WindowList windows(ObjectRef ref) {
    synchronized (chunks) {
      WindowList known = chunks.get(ref.sha256());
      if (known != null) {
        return known;
      }
    }
    WindowList read = SceneJson.readWindows(bytes(ref));
    synchronized (chunks) {
      chunks.put(ref.sha256(), read);
    }
    return read;
  }

  private ClaimCheck check(String key, long sizeBytes, String sha256) {
    return ClaimCheck.newBuilder()
        .setBucket(store.bucket())
        .setKey(key)
        .setSizeBytes(sizeBytes)
        .setSha256(ByteString.copyFrom(HexFormat.of().parseHex(sha256)))
        .build();
  }

  static <T> T reading(Supplier<T> read) {
    try {
      return read.get();
    } catch (ObjectStoreException.Missing e) {
      throw Problem.notFound(
          e.getMessage() + "; the scene was deleted or the version removed meanwhile");
    } catch (ObjectStoreException.Corrupt e) {
      throw Problem.badGateway(String.valueOf(e.getMessage()));
    } catch (ObjectStoreException e) {
      // Where the store is and what it says is not for whoever looks at a scene.
      LOG.warnf("an object could not be read: %s", e.getMessage());
      throw Problem.unavailable("the object store does not give it now; ask again");
    }
  }
}
