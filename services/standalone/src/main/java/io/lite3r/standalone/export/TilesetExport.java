package io.lite3r.standalone.export;

import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneLevels;
import io.lite3r.schemas.scene.SceneManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * 3D Tiles 1.1, copied as fusion stored them: the tileset, its parts, and the GLBs of its tiles and
 * coarser levels under the names by which they are called. A name is made of a file's content, so
 * what is there already need not be written again.
 */
final class TilesetExport {
  private static final String TILESET = "tileset.json";

  private final Path folder;
  private final PublishedScene scene;
  private final Set<String> files = new HashSet<>();

  private TilesetExport(Path folder, PublishedScene scene) {
    this.folder = folder;
    this.scene = scene;
  }

  /** Writes the tileset into the folder, and removes what is not of it. */
  static void write(Path folder, PublishedScene scene) throws IOException {
    SceneManifest.Detail detail = scene.manifest().detail();
    if (detail == null) {
      throw new IOException(
          "version %d of scene %s was written before versions had a tileset; stream a capture into it for a new one"
              .formatted(scene.manifest().version(), scene.manifest().scene()));
    }
    TilesetExport export = new TilesetExport(folder, scene);
    for (SceneManifest.Tile tile : scene.manifest().tiles()) {
      export.copy(tile.mesh());
    }
    for (SceneManifest.TileGroup group : scene.manifest().tileGroups()) {
      export.copy(group.tileset());
    }
    for (SceneLevels.Node node :
        SceneJson.readLevels(scene.bytes().apply(detail.levels())).nodes()) {
      ObjectRef mesh = node.mesh();
      if (mesh != null) {
        export.copy(mesh);
      }
    }
    Files.write(folder.resolve(TILESET), scene.bytes().apply(detail.tileset()));
    export.files.add(TILESET);
    export.removeStrangers();
  }

  private void copy(ObjectRef object) throws IOException {
    String name = object.key().substring(object.key().lastIndexOf('/') + 1);
    Path file = folder.resolve(name);
    files.add(name);
    if (!Files.isRegularFile(file) || Files.size(file) != object.sizeBytes()) {
      Files.write(file, scene.bytes().apply(object));
    }
  }

  private void removeStrangers() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        String name = file.getFileName().toString();
        if ((name.endsWith(".glb") || name.endsWith(".json")) && !files.contains(name)) {
          Files.delete(file);
        }
      }
    }
  }
}
