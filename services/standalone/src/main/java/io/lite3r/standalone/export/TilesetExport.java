package io.lite3r.standalone.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lite3r.fusion.mesh.GlbWriter;
import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneManifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * 3D Tiles 1.1: an octree over the scene's tiles, which are its leaves, with GLB content that
 * refines by replacement. A node of level n stands for up to 8^n tiles and has their surface with
 * vertices clustered in cells of 2^n voxels; its geometric error is how far the farthest vertex was
 * moved for that. The octree hangs at fixed places of the grid of tiles, so a tile's parents keep
 * their names while the scene grows, and files whose bytes are there already are not written again.
 *
 * <p>Three conventions meet. The GLBs hold scene units and axes (y down, z forward). A viewer of 3D
 * Tiles first turns glTF's y-up content to z-up: (x, y, z) becomes (x, -z, y). The root's transform
 * undoes that and takes the scene to where it belongs: with GPS to its place on the earth (metres,
 * earth-centred), with poses to their frame, else to an upright scene with x right, y forward, z
 * up, in metres when a rig gave the scale. It scales the errors of the tiles, too.
 */
final class TilesetExport {
  /** From a viewer's turned content back to scene axes: (x, y, z) becomes (x, z, -y). */
  private static final Rotation SCENE_FROM_TURNED =
      Rotation.ofMatrix(new double[] {1, 0, 0, 0, 0, 1, 0, -1, 0});

  /** From scene axes to x right, y forward, z up: (x, y, z) becomes (x, z, -y). */
  private static final Rotation UPRIGHT = SCENE_FROM_TURNED;

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path folder;
  private final SceneManifest manifest;
  private final Set<String> files = new HashSet<>();

  /** A node's place in the grid of its level. */
  private record Place(int x, int y, int z) implements Comparable<Place> {
    static Place parse(String id) {
      int[] n = Arrays.stream(id.split("_", -1)).mapToInt(Integer::parseInt).toArray();
      return new Place(n[0], n[1], n[2]);
    }

    Place parent() {
      return new Place(x >> 1, y >> 1, z >> 1);
    }

    @Override
    public int compareTo(Place o) {
      return Arrays.compare(new int[] {x, y, z}, new int[] {o.x, o.y, o.z});
    }
  }

  /**
   * A node of the octree.
   *
   * @param box what its content and all below it may reach, scene units
   * @param error how far it is from what is below it, scene units; 0 for a leaf
   * @param file its content; null when nothing of the surface is left at its level
   * @param leaves the meshes that it stands for
   */
  private record Node(
      Box box, double error, @Nullable String file, List<Node> children, List<Mesh> leaves) {}

  private record Box(double[] min, double[] max) {
    static Box around(List<Node> nodes) {
      double[] min = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
      double[] max = {-Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
      for (Node node : nodes) {
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

  private TilesetExport(Path folder, SceneManifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  /**
   * Writes the tileset and its coarser levels beside the tiles, and removes GLBs that are not of
   * it.
   *
   * @param tiles the meshes of the manifest's tiles, in its order; each is in {@code <id>.glb}
   */
  static void write(Path folder, SceneManifest manifest, List<Mesh> tiles) throws IOException {
    TilesetExport export = new TilesetExport(folder, manifest);
    List<Node> tops = export.octree(export.leaves(tiles));
    Files.writeString(folder.resolve("tileset.json"), export.json(tops));
    export.removeStrangers();
  }

  /** Writes a file unless it is there already, byte for byte. */
  static void writeIfOther(Path file, byte[] bytes) throws IOException {
    if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
      Files.write(file, bytes);
    }
  }

  private SortedMap<Place, Node> leaves(List<Mesh> tiles) {
    // A tile's surface reaches up to a voxel into its neighbours; a viewer culls by these boxes.
    double reach = manifest.voxelSize();
    SortedMap<Place, Node> leaves = new TreeMap<>();
    for (int i = 0; i < tiles.size(); i++) {
      SceneManifest.Tile tile = manifest.tiles().get(i);
      String file = tile.id() + ".glb";
      files.add(file);
      Box box =
          new Box(
              tile.min().stream().mapToDouble(m -> m - reach).toArray(),
              tile.max().stream().mapToDouble(m -> m + reach).toArray());
      leaves.put(Place.parse(tile.id()), new Node(box, 0, file, List.of(), List.of(tiles.get(i))));
    }
    return leaves;
  }

  /** Level by level, until parents have nothing more to unite: one node in each octant at most. */
  private List<Node> octree(SortedMap<Place, Node> leaves) throws IOException {
    SortedMap<Place, Node> level = leaves;
    for (int n = 1; level.keySet().stream().anyMatch(p -> !p.equals(p.parent())); n++) {
      SortedMap<Place, List<Node>> families = new TreeMap<>();
      level.forEach(
          (place, node) ->
              families.computeIfAbsent(place.parent(), p -> new ArrayList<>()).add(node));
      SortedMap<Place, Node> parents = new TreeMap<>();
      for (var family : families.entrySet()) {
        parents.put(family.getKey(), parent(n, family.getKey(), family.getValue()));
      }
      level = parents;
    }
    return List.copyOf(level.values());
  }

  private Node parent(int level, Place place, List<Node> children) throws IOException {
    List<Mesh> leaves = children.stream().flatMap(c -> c.leaves.stream()).toList();
    double cell = manifest.voxelSize() * (1 << level);
    VertexClustering.Coarser coarser = VertexClustering.of(leaves, cell);
    Box box = Box.around(children);
    // Errors grow towards the root, whatever was measured: viewers rely on it.
    double below = children.stream().mapToDouble(Node::error).max().orElse(0);
    if (coarser.mesh().triangles() == 0) {
      return new Node(box, Math.max(box.diagonal(), below), null, children, leaves);
    }
    String file = "level%d_%d_%d_%d.glb".formatted(level, place.x, place.y, place.z);
    files.add(file);
    writeIfOther(folder.resolve(file), GlbWriter.write(coarser.mesh()));
    return new Node(box, Math.max(coarser.farthestMove(), below), file, children, leaves);
  }

  private void removeStrangers() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(f -> f.toString().endsWith(".glb")).toList()) {
        if (!files.contains(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }

  private String json(List<Node> tops) {
    Sim3 world = worldFromScene(manifest.registration());
    Box box = Box.around(tops);
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("transform", columns(world));
    root.put("boundingVolume", box.json());
    // What is missing when only the root, which has no content, is drawn: everything.
    double error = Math.max(box.diagonal(), tops.stream().mapToDouble(Node::error).max().orElse(0));
    root.put("geometricError", error);
    root.put("refine", "REPLACE");
    if (!tops.isEmpty()) {
      root.put("children", tops.stream().map(TilesetExport::json).toList());
    }
    Map<String, Object> tileset = new LinkedHashMap<>();
    tileset.put(
        "asset", Map.of("version", "1.1", "tilesetVersion", Long.toString(manifest.version())));
    tileset.put("geometricError", world.scale() * error);
    tileset.put("root", root);
    try {
      return MAPPER.writeValueAsString(tileset);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Object> json(Node node) {
    Map<String, Object> tile = new LinkedHashMap<>();
    tile.put("boundingVolume", node.box.json());
    tile.put("geometricError", node.error);
    if (node.file != null) {
      tile.put("content", Map.of("uri", node.file));
    }
    if (!node.children.isEmpty()) {
      tile.put("children", node.children.stream().map(TilesetExport::json).toList());
    }
    return tile;
  }

  /** From the scene to x right or east, y forward or north, z up, in the unit of all exports. */
  static Sim3 uprightFromScene(@Nullable Registration registration) {
    if (registration == null) {
      return new Sim3(1, UPRIGHT, Vector3.ZERO);
    }
    return registration.source().equals(Registration.RIG)
        ? new Sim3(1, UPRIGHT, Vector3.ZERO).times(registration.metricFromScene())
        : registration.metricFromScene();
  }

  private static Sim3 worldFromScene(@Nullable Registration registration) {
    Sim3 upright = uprightFromScene(registration);
    Geodetic origin = registration == null ? null : registration.origin();
    if (origin == null) {
      return upright;
    }
    Rigid3 earth = origin.ecefFromEastNorthUp();
    return new Sim3(1, earth.rotation(), earth.translation()).times(upright);
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
