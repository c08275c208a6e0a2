package io.lite3r.fusion.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.lod.LevelNode;
import io.lite3r.fusion.lod.WorldFrame;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneManifest;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A version's octree as 3D Tiles 1.1: GLB content that refines by replacement, named by the last
 * part of its key, since the tileset lies beside it. A node that is not made has no content, and an
 * error by which every viewer goes on to its children.
 *
 * <p>What stands for a group of tiles ({@link SceneManifest.TileGroup}) is a tileset of its own,
 * named by its content like everything else, so that a version writes the parts that have changed.
 *
 * <p>Three conventions meet. The GLBs hold scene units and axes (y down, z forward). A viewer of 3D
 * Tiles first turns glTF's y-up content to z-up: (x, y, z) becomes (x, -z, y). The root's transform
 * undoes that and takes the scene to where it belongs: with GPS to its place on the earth (metres,
 * earth-centred), with poses to their frame, else to an upright scene with x right, y forward, z
 * up, in metres when a rig gave the scale. It scales the errors of the tiles, too.
 */
final class TilesetWriter {
  /** From a viewer's turned content back to scene axes: (x, y, z) becomes (x, z, -y). */
  private static final Rotation SCENE_FROM_TURNED =
      Rotation.ofMatrix(new double[] {1, 0, 0, 0, 0, 1, 0, -1, 0});

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final double reach;
  private final TreeMap<TileId, Part> parts = new TreeMap<>();

  private TilesetWriter(double voxelSize) {
    // A tile's surface reaches up to a voxel into its neighbours; a viewer culls by its box.
    reach = voxelSize;
  }

  /** A node as JSON, with what its parent has to know. */
  private record Written(Map<String, Object> json, Box box, double error) {}

  private record Box(double[] min, double[] max) {
    static Box around(List<Written> nodes) {
      double[] min = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
      double[] max = {-Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
      for (Written node : nodes) {
        for (int axis = 0; axis < 3; axis++) {
          min[axis] = Math.min(min[axis], node.box.min[axis]);
          max[axis] = Math.max(max[axis], node.box.max[axis]);
        }
      }
      return nodes.isEmpty() ? new Box(new double[3], new double[3]) : new Box(min, max);
    }

    double diagonal() {
      return Math.hypot(Math.hypot(max[0] - min[0], max[1] - min[1]), max[2] - min[2]);
    }

    /** In the frame that a GLB has after the viewer's turn to z-up: (x, -z, y). */
    Map<String, Object> json() {
      double[] c = new double[3];
      double[] half = new double[3];
      for (int axis = 0; axis < 3; axis++) {
        c[axis] = (min[axis] + max[axis]) / 2;
        half[axis] = (max[axis] - min[axis]) / 2;
      }
      return Map.of("box", List.of(c[0], -c[2], c[1], half[0], 0, 0, 0, half[2], 0, 0, 0, half[1]));
    }
  }

  /**
   * A version's tileset.
   *
   * @param parts by the group's place
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
  record Tileset(byte[] json, SortedMap<TileId, Part> parts) {}

  /**
   * The part of a tileset that is about a group, called {@code {sha256}.json}.
   *
   * @param tiles those of the group, by place
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares two of them
  record Part(byte[] json, List<SceneManifest.Tile> tiles) {}

  /**
   * @param tops the octree's topmost nodes
   */
  static Tileset write(
      List<LevelNode> tops, double voxelSize, @Nullable Registration registration, long version) {
    TilesetWriter writer = new TilesetWriter(voxelSize);
    List<Written> children = tops.stream().map(writer::nodeOrPart).toList();
    Sim3 world = WorldFrame.worldFromScene(registration);
    Box box = Box.around(children);
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("transform", columns(world));
    root.put("boundingVolume", box.json());
    // What is missing when only the root, which has no content, is drawn: everything.
    double error = Math.max(box.diagonal(), largestError(children));
    root.put("geometricError", error);
    root.put("refine", "REPLACE");
    if (!children.isEmpty()) {
      root.put("children", children.stream().map(Written::json).toList());
    }
    Map<String, Object> tileset = new LinkedHashMap<>();
    Map<String, Object> asset = new LinkedHashMap<>(); // in this order, whichever process writes it
    asset.put("version", "1.1");
    asset.put("tilesetVersion", Long.toString(version));
    tileset.put("asset", asset);
    tileset.put("geometricError", world.scale() * error);
    tileset.put("root", root);
    return new Tileset(bytes(tileset), writer.parts);
  }

  /** The place of the group that a tile belongs to. */
  static TileId group(TileId tile) {
    return new TileId(
        Math.floorDiv(tile.x(), SceneManifest.TileGroup.EDGE),
        Math.floorDiv(tile.y(), SceneManifest.TileGroup.EDGE),
        Math.floorDiv(tile.z(), SceneManifest.TileGroup.EDGE));
  }

  private static byte[] bytes(Map<String, Object> tileset) {
    try {
      return MAPPER.writeValueAsBytes(tileset);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A node above groups, or what stands for a group: a tile whose content is a tileset. At the
   * origin an octant of space may end below the size of a group; it is one by itself.
   */
  private Written nodeOrPart(LevelNode node) {
    if (node.edge() > SceneManifest.TileGroup.EDGE) {
      return node(node, true);
    }
    Written root = node(node, false);
    Map<String, Object> partRoot = new LinkedHashMap<>(root.json);
    partRoot.put("refine", "REPLACE");
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("asset", Map.of("version", "1.1"));
    part.put("geometricError", root.error);
    part.put("root", partRoot);
    byte[] json = bytes(part);
    List<SceneManifest.Tile> tiles = new ArrayList<>();
    node.addTilesTo(tiles);
    tiles.sort(Comparator.comparing(tile -> TileId.parse(tile.id())));
    parts.put(group(TileId.parse(tiles.getFirst().id())), new Part(json, tiles));
    Map<String, Object> stub = new LinkedHashMap<>();
    stub.put("boundingVolume", root.box.json());
    stub.put("geometricError", root.error);
    stub.put("content", Map.of("uri", ContentWriter.sha256(json) + ".json"));
    return new Written(stub, root.box, root.error);
  }

  private Written node(LevelNode node, boolean aboveGroups) {
    List<Written> children =
        node.children().stream()
            .map(child -> aboveGroups ? nodeOrPart(child) : node(child, false))
            .toList();
    SceneManifest.Tile tile = node.tile();
    Box box = tile == null ? Box.around(children) : box(tile);
    ObjectRef mesh = node.mesh();
    double own = tile == null && mesh == null ? box.diagonal() : node.error();
    // Errors grow towards the root, whatever was measured: viewers rely on it.
    double error = Math.max(own, largestError(children));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("boundingVolume", box.json());
    json.put("geometricError", error);
    if (mesh != null) {
      json.put("content", Map.of("uri", mesh.key().substring(mesh.key().lastIndexOf('/') + 1)));
    }
    if (!children.isEmpty()) {
      json.put("children", children.stream().map(Written::json).toList());
    }
    return new Written(json, box, error);
  }

  private Box box(SceneManifest.Tile tile) {
    return new Box(
        tile.min().stream().mapToDouble(m -> m - reach).toArray(),
        tile.max().stream().mapToDouble(m -> m + reach).toArray());
  }

  private static double largestError(List<Written> nodes) {
    return nodes.stream().mapToDouble(Written::error).max().orElse(0);
  }

  /** The root's transform, column by column, as 3D Tiles stores it. */
  private static List<Double> columns(Sim3 worldFromScene) {
    Sim3 whole = worldFromScene.times(new Sim3(1, SCENE_FROM_TURNED, Vector3.ZERO));
    double[] r = whole.rotation().matrix();
    List<Double> columns = new ArrayList<>();
    for (int column = 0; column < 3; column++) {
      for (int row = 0; row < 3; row++) {
        columns.add(whole.scale() * r[3 * row + column] + 0.0);
      }
      columns.add(0.0);
    }
    columns.addAll(
        List.of(whole.translation().x(), whole.translation().y(), whole.translation().z(), 1.0));
    return columns;
  }
}
