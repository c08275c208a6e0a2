package io.lite3r.schemas.scene;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One version of a scene, immutable once written. Axes of the scene are those of the first camera
 * of its first window (OpenCV: x right, y down, z forward).
 *
 * @param format {@link SceneJson#MANIFEST_FORMAT}
 * @param scene the scene
 * @param version from 1, without gaps along {@code previous}
 * @param previous the manifest of the version before, which may be removed since ({@link
 *     SceneHistory} names those that are kept); absent for the first
 * @param digest SHA-256 over sorted blocks, voxel integers and submap poses, lower-case hex
 * @param unit unit of every length in the scene: {@code scene}, whatever the model gave; {@link
 *     #registration} takes it to metres
 * @param voxelSize edge of a voxel in that unit
 * @param publishedAtNs wall clock, Unix nanoseconds
 * @param windows windows in this version, whatever became of them
 * @param frames frames fused in this version
 * @param nextWindow number of the first window that is not in this version
 * @param models the models whose outcomes are in the scene, in order of first use
 * @param captures the captures seen so far, in order of their first window
 * @param tiles the surface, sorted by place; tiles without a triangle are left out. As stored only
 *     in versions older than {@code tileGroups}: see {@link #withTiles}
 * @param windowChunks all windows by number, in chunks of at most 64
 * @param snapshot where fusion finds the volume again after a restart ({@link VolumeSnapshot})
 * @param registration how the scene lies in metres; absent when nothing says
 * @param inputs how far each partition of the input is in this version
 * @param rollback the last rollback that was carried out; absent when there was none
 * @param detail the surface as 3D Tiles; absent in versions older than the field
 * @param tileGroups where the tiles are listed, sorted by place; a group whose tiles have not
 *     changed is the same object as in the version before
 */
public record SceneManifest(
    String format,
    String scene,
    long version,
    @Nullable ObjectRef previous,
    String digest,
    String unit,
    double voxelSize,
    long publishedAtNs,
    long windows,
    long frames,
    long nextWindow,
    List<Model> models,
    List<Capture> captures,
    List<Tile> tiles,
    List<WindowChunk> windowChunks,
    @Nullable ObjectRef snapshot,
    @Nullable Registration registration,
    List<Input> inputs,
    @Nullable Rollback rollback,
    @Nullable Detail detail,
    List<TileGroup> tileGroups) {

  public SceneManifest {
    models = List.copyOf(models);
    captures = List.copyOf(captures);
    tiles = List.copyOf(tiles);
    windowChunks = List.copyOf(windowChunks);
    // Manifests older than the fields:
    inputs = inputs == null ? List.of() : List.copyOf(inputs);
    tileGroups = tileGroups == null ? List.of() : List.copyOf(tileGroups);
  }

  /**
   * The same manifest with the tiles of its groups.
   *
   * @param bytes reads an object
   */
  public SceneManifest withTiles(Function<ObjectRef, byte[]> bytes) {
    if (tileGroups.isEmpty()) {
      return this;
    }
    List<Tile> all = new ArrayList<>();
    for (TileGroup group : tileGroups) {
      all.addAll(SceneJson.readTiles(bytes.apply(group.tiles())).tiles());
    }
    return new SceneManifest(
        format,
        scene,
        version,
        previous,
        digest,
        unit,
        voxelSize,
        publishedAtNs,
        windows,
        frames,
        nextWindow,
        models,
        captures,
        all,
        windowChunks,
        snapshot,
        registration,
        inputs,
        rollback,
        detail,
        tileGroups);
  }

  /**
   * A model that was run.
   *
   * @param id its contract's id
   * @param sha256 of its file, lower-case hex
   */
  public record Model(String id, String sha256) {}

  /**
   * How far a capture has come.
   *
   * @param capture its name
   * @param closed it has ended and all its windows are in this version
   * @param windows how many of its windows are in this version
   * @param windowCount how many it has in all; -1 until its end is known
   * @param closedAtNs wall clock of the first version in which it is closed, Unix nanoseconds; 0
   *     until then
   */
  public record Capture(
      String capture, boolean closed, long windows, long windowCount, long closedAtNs) {}

  /**
   * A cube of the surface. Its GLB holds positions in scene units and scene axes (y down), normals
   * and vertex colours.
   *
   * @param id {@code x_y_z}, the tile's place in the grid of tiles
   * @param min lower corner of the tile's cube, scene units (x, y, z)
   * @param max upper corner
   * @param mesh the GLB
   * @param vertices number of vertices
   * @param triangles number of triangles
   */
  public record Tile(
      String id, List<Double> min, List<Double> max, ObjectRef mesh, int vertices, int triangles) {}

  /**
   * The tiles of a cube of {@value TileGroup#EDGE} tiles along an edge.
   *
   * @param id {@code x_y_z}, the cube's place in the grid of such cubes
   * @param tiles JSON, a {@link TileList}
   * @param tileset JSON, 3D Tiles 1.1: the part of the version's tileset that is about these tiles
   */
  public record TileGroup(String id, ObjectRef tiles, ObjectRef tileset) {
    public static final int EDGE = 4;
  }

  /**
   * A run of windows kept in one object.
   *
   * @param firstNumber number of its first window
   * @param count how many windows it holds
   * @param object JSON, a {@link WindowList}
   */
  public record WindowChunk(long firstNumber, int count, ObjectRef object) {}

  /**
   * How far a version has come in its input.
   *
   * @param topic the topic
   * @param partition the partition
   * @param endOffset one more than the largest offset of a record whose effect is in the version.
   *     Records before it whose window is not wait for an earlier window
   */
  public record Input(String topic, int partition, long endOffset) {}

  /**
   * A rollback that was carried out.
   *
   * @param contentOf the version whose content was taken up again
   * @param version the version that was published with it
   * @param requestedAtNs the request, Unix nanoseconds
   * @param publishedAtNs when that version was published: what older versions had to tell was told
   */
  public record Rollback(long contentOf, long version, long requestedAtNs, long publishedAtNs) {}

  /**
   * The surface with its levels of detail.
   *
   * @param tileset JSON, 3D Tiles 1.1, its contents named relative to where it lies
   * @param levels JSON, the {@link SceneLevels} that are in it
   */
  public record Detail(ObjectRef tileset, ObjectRef levels) {}
}
