package io.lite3r.schemas.scene;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The codec of every JSON object of a scene. Equal records give equal bytes (fields in the order of
 * declaration, shortest decimal that reads back to the same double), so content-addressed keys are
 * stable. Unknown fields are ignored: a newer writer may add some.
 */
public final class SceneJson {
  public static final String HEAD_FORMAT = "lite3r-scene-head/1";
  public static final String MANIFEST_FORMAT = "lite3r-scene/1";
  public static final String WINDOWS_FORMAT = "lite3r-scene-windows/1";
  public static final String TILES_FORMAT = "lite3r-scene-tiles/1";
  public static final String SNAPSHOT_FORMAT = "lite3r-scene-snapshot/1";
  public static final String LEVELS_FORMAT = "lite3r-scene-levels/1";
  public static final String HISTORY_FORMAT = "lite3r-scene-history/1";
  public static final String TOMBSTONE_FORMAT = "lite3r-scene-tombstone/1";
  public static final String MEDIA_TYPE = "application/json";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private SceneJson() {}

  public static byte[] write(SceneHead head) {
    return bytes(head);
  }

  public static byte[] write(SceneManifest manifest) {
    return bytes(manifest);
  }

  public static byte[] write(WindowList windows) {
    return bytes(windows);
  }

  public static byte[] write(TileList tiles) {
    return bytes(tiles);
  }

  public static byte[] write(VolumeSnapshot snapshot) {
    return bytes(snapshot);
  }

  public static byte[] write(SceneLevels levels) {
    return bytes(levels);
  }

  public static byte[] write(SceneHistory history) {
    return bytes(history);
  }

  public static byte[] write(SceneTombstone tombstone) {
    return bytes(tombstone);
  }

  public static SceneHead readHead(byte[] json) {
    SceneHead head = read(json, SceneHead.class);
    requireFormat(head.format(), HEAD_FORMAT);
    return head;
  }

  public static SceneManifest readManifest(byte[] json) {
    SceneManifest manifest = read(json, SceneManifest.class);
    requireFormat(manifest.format(), MANIFEST_FORMAT);
    return manifest;
  }

  public static WindowList readWindows(byte[] json) {
    WindowList windows = read(json, WindowList.class);
    requireFormat(windows.format(), WINDOWS_FORMAT);
    return windows;
  }

  public static TileList readTiles(byte[] json) {
    TileList tiles = read(json, TileList.class);
    requireFormat(tiles.format(), TILES_FORMAT);
    return tiles;
  }

  public static VolumeSnapshot readSnapshot(byte[] json) {
    VolumeSnapshot snapshot = read(json, VolumeSnapshot.class);
    requireFormat(snapshot.format(), SNAPSHOT_FORMAT);
    return snapshot;
  }

  public static SceneLevels readLevels(byte[] json) {
    SceneLevels levels = read(json, SceneLevels.class);
    requireFormat(levels.format(), LEVELS_FORMAT);
    return levels;
  }

  public static SceneHistory readHistory(byte[] json) {
    SceneHistory history = read(json, SceneHistory.class);
    requireFormat(history.format(), HISTORY_FORMAT);
    return history;
  }

  public static SceneTombstone readTombstone(byte[] json) {
    SceneTombstone tombstone = read(json, SceneTombstone.class);
    requireFormat(tombstone.format(), TOMBSTONE_FORMAT);
    return tombstone;
  }

  private static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + value.getClass().getSimpleName(), e);
    }
  }

  private static <T> T read(byte[] json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (IOException e) {
      throw new UncheckedIOException("not a " + type.getSimpleName() + ": " + e.getMessage(), e);
    }
  }

  private static void requireFormat(String found, String wanted) {
    if (!wanted.equals(found)) {
      throw new IllegalArgumentException(
          "scene object of format %s, this program reads %s".formatted(found, wanted));
    }
  }
}
