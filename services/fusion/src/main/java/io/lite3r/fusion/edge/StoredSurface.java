package io.lite3r.fusion.edge;

import io.lite3r.fusion.lod.Levels;
import io.lite3r.fusion.mesh.GlbReader;
import io.lite3r.fusion.mesh.GlbWriter;
import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.fusion.mesh.SurfaceNets;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneLevels;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.TileList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The surface of one scene in the object store: a GLB for each tile, GLBs of coarser levels, and
 * what names them: lists of tiles and parts of the tileset, each of a group of tiles that lie
 * together, and the tileset that holds the parts. Only what has changed is written.
 */
final class StoredSurface {
  /** Tiles whose surface is extracted before the volume is kept to its budget again. */
  private static final int TILES_AT_ONCE = 32;

  private final ObjectStore objects;
  private final OutcomeMapping outcomes;
  private final ContentWriter contents;
  private final String scene;
  private final Parallel parallel;
  private final TreeMap<TileId, SceneManifest.Tile> tiles = new TreeMap<>();
  private final TreeMap<TileId, SceneManifest.TileGroup> groups = new TreeMap<>();
  private final TreeSet<TileId> changedGroups = new TreeSet<>();
  private final Levels levels = new Levels();
  private SceneManifest.@Nullable Detail detail;

  StoredSurface(ObjectStore objects, String scene, Parallel parallel) {
    this.objects = objects;
    this.outcomes = new OutcomeMapping(objects);
    this.contents = new ContentWriter(objects);
    this.scene = scene;
    this.parallel = parallel;
  }

  void forget() {
    tiles.clear();
    groups.clear();
    changedGroups.clear();
    levels.clear();
    detail = null;
  }

  /** Takes over what a version has. */
  void read(SceneManifest content) {
    content.tiles().forEach(tile -> tiles.put(TileId.parse(tile.id()), tile));
    content.tileGroups().forEach(group -> groups.put(TileId.parse(group.id()), group));
    if (groups.isEmpty()) { // of a version that listed its tiles itself
      tiles.keySet().forEach(tile -> changedGroups.add(TilesetWriter.group(tile)));
    }
    detail = content.detail();
    if (detail != null) {
      levels.restore(SceneJson.readLevels(objects.get(outcomes.check(detail.levels()))));
    }
  }

  /** Where the tiles are listed, as {@link #writeTileset} has written it. */
  List<SceneManifest.TileGroup> groups() {
    return List.copyOf(groups.values());
  }

  /** Writes the tiles whose surface has changed since this was last asked. */
  void writeTiles(Volume volume) {
    List<TileId> changed = volume.takeChangedTiles();
    @Nullable Surface[] surfaces = new Surface[changed.size()];
    for (int first = 0; first < changed.size(); first += TILES_AT_ONCE) {
      int begin = first;
      int end = Math.min(first + TILES_AT_ONCE, changed.size());
      volume.bringBack(around(changed.subList(begin, end)), parallel);
      parallel.forEach(
          end - begin,
          1,
          (from, to) -> {
            for (int i = begin + from; i < begin + to; i++) {
              surfaces[i] = surface(volume, changed.get(i));
            }
          });
      volume.keepToBudget();
    }
    List<Callable<SceneManifest.Tile>> writes = new ArrayList<>();
    for (int i = 0; i < surfaces.length; i++) {
      Surface surface = surfaces[i];
      if (surface == null) {
        if (tiles.remove(changed.get(i)) != null) {
          levels.changed(changed.get(i));
          changedGroups.add(TilesetWriter.group(changed.get(i)));
        }
      } else {
        writes.add(() -> writeTile(volume, surface));
      }
    }
    for (SceneManifest.Tile tile : contents.together(writes)) {
      TileId id = TileId.parse(tile.id());
      if (!tile.equals(tiles.put(id, tile))) {
        levels.changed(id);
        changedGroups.add(TilesetWriter.group(id));
      }
    }
  }

  /** The tiles, and those whose voxels their surfaces look at. */
  private static Set<TileId> around(List<TileId> tiles) {
    Set<TileId> around = new TreeSet<>();
    for (TileId tile : tiles) {
      for (int i = 0; i < 27; i++) {
        around.add(
            new TileId(tile.x() + i / 9 - 1, tile.y() + i / 3 % 3 - 1, tile.z() + i % 3 - 1));
      }
    }
    return around;
  }

  @SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
  private record Surface(TileId id, byte[] glb, int vertices, int triangles) {}

  private static @Nullable Surface surface(Volume volume, TileId id) {
    Mesh mesh = SurfaceNets.extract(volume, id);
    return mesh.triangles() == 0
        ? null
        : new Surface(id, GlbWriter.write(mesh), mesh.vertices(), mesh.triangles());
  }

  private SceneManifest.Tile writeTile(Volume volume, Surface surface) {
    TileId id = surface.id();
    SceneManifest.Tile before = tiles.get(id);
    double edge = TileId.VOXELS * volume.voxelSize();
    return new SceneManifest.Tile(
        id.toString(),
        List.of(id.x() * edge, id.y() * edge, id.z() * edge),
        List.of((id.x() + 1) * edge, (id.y() + 1) * edge, (id.z() + 1) * edge),
        writeGlb(surface.glb(), before == null ? null : before.mesh()),
        surface.vertices(),
        surface.triangles());
  }

  private ObjectRef writeGlb(byte[] glb, @Nullable ObjectRef before) {
    return contents.put(sha -> SceneKeys.tile(scene, sha), glb, GlbWriter.MEDIA_TYPE, before);
  }

  /** Makes the coarser levels whole: for versions that are worth the time that it takes. */
  void completeLevels(double voxelSize) {
    levels.complete(tiles, voxelSize, new Stored());
  }

  private final class Stored implements Levels.Meshes {
    @Override
    public Mesh read(ObjectRef mesh) {
      return GlbReader.read(objects.get(outcomes.check(mesh)));
    }

    @Override
    public ObjectRef write(Mesh mesh) {
      return writeGlb(GlbWriter.write(mesh), null);
    }

    @Override
    public List<SceneLevels.Node> together(List<Callable<SceneLevels.Node>> work) {
      return contents.together(work);
    }
  }

  /** Writes the tileset of a version, and which levels are in it. */
  SceneManifest.Detail writeTileset(
      double voxelSize, @Nullable Registration registration, long version) {
    ObjectRef before = detail == null ? null : detail.levels();
    ObjectRef now =
        contents.put(
            sha -> SceneKeys.levels(scene, sha),
            SceneJson.write(levels.stored()),
            SceneJson.MEDIA_TYPE,
            before);
    TilesetWriter.Tileset written =
        TilesetWriter.write(levels.tree(tiles), voxelSize, registration, version);
    writeGroups(written.parts());
    ObjectRef tileset =
        contents.put(sha -> SceneKeys.tileset(scene, sha), written.json(), SceneJson.MEDIA_TYPE);
    detail = new SceneManifest.Detail(tileset, now);
    return detail;
  }

  private void writeGroups(Map<TileId, TilesetWriter.Part> parts) {
    groups.keySet().retainAll(parts.keySet());
    List<Callable<SceneManifest.TileGroup>> writes = new ArrayList<>();
    parts.forEach((place, part) -> writes.add(() -> writeGroup(place, part)));
    for (SceneManifest.TileGroup group : contents.together(writes)) {
      groups.put(TileId.parse(group.id()), group);
    }
    changedGroups.clear();
  }

  private SceneManifest.TileGroup writeGroup(TileId place, TilesetWriter.Part part) {
    SceneManifest.TileGroup before = groups.get(place);
    ObjectRef list =
        before != null && !changedGroups.contains(place)
            ? before.tiles()
            : contents.put(
                sha -> SceneKeys.tileList(scene, sha),
                SceneJson.write(new TileList(SceneJson.TILES_FORMAT, part.tiles())),
                SceneJson.MEDIA_TYPE);
    return new SceneManifest.TileGroup(
        place.toString(),
        list,
        contents.put(
            sha -> SceneKeys.tileset(scene, sha),
            part.json(),
            SceneJson.MEDIA_TYPE,
            before == null ? null : before.tileset()));
  }
}
