package io.lite3r.standalone.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lite3r.schemas.scene.SceneManifest;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * 3D Tiles 1.1: one root, one child for each tile, GLB content, one level.
 *
 * <p>Three conventions meet. The GLBs hold scene axes (y down, z forward). A viewer of 3D Tiles
 * first turns glTF's y-up content to z-up: (x, y, z) becomes (x, -z, y). The root's transform then
 * takes what came out of that to an upright scene with z up: x right, y forward, z up, that is (x,
 * y, z) becomes (x, -y, -z) after the turn.
 */
final class TilesetExport {
  /** Column by column, as 3D Tiles stores it: half a turn about x. */
  private static final List<Integer> UPRIGHT =
      List.of(1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1);

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private TilesetExport() {}

  static String json(SceneManifest manifest) {
    double[] min = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    double[] max = {-Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
    List<Object> children = new ArrayList<>();
    for (SceneManifest.Tile tile : manifest.tiles()) {
      for (int axis = 0; axis < 3; axis++) {
        min[axis] = Math.min(min[axis], tile.min().get(axis));
        max[axis] = Math.max(max[axis], tile.max().get(axis));
      }
      Map<String, Object> child = new LinkedHashMap<>();
      child.put("boundingVolume", box(tile.min(), tile.max()));
      child.put("geometricError", 0);
      child.put("content", Map.of("uri", tile.id() + ".glb"));
      children.add(child);
    }
    if (children.isEmpty()) {
      min = new double[3];
      max = new double[3];
    }
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("transform", UPRIGHT);
    root.put(
        "boundingVolume", box(List.of(min[0], min[1], min[2]), List.of(max[0], max[1], max[2])));
    // What is missing when only the root, which has no content, is drawn: everything.
    double size = Math.hypot(Math.hypot(max[0] - min[0], max[1] - min[1]), max[2] - min[2]);
    root.put("geometricError", size);
    root.put("refine", "ADD");
    if (!children.isEmpty()) {
      root.put("children", children);
    }
    Map<String, Object> tileset = new LinkedHashMap<>();
    tileset.put(
        "asset", Map.of("version", "1.1", "tilesetVersion", Long.toString(manifest.version())));
    tileset.put("geometricError", size);
    tileset.put("root", root);
    try {
      return MAPPER.writeValueAsString(tileset);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A box in the frame that the GLB has after the viewer's turn to z-up: (x, -z, y). */
  private static Map<String, Object> box(List<Double> min, List<Double> max) {
    double[] centre = new double[3];
    double[] half = new double[3];
    for (int axis = 0; axis < 3; axis++) {
      centre[axis] = (min.get(axis) + max.get(axis)) / 2;
      half[axis] = (max.get(axis) - min.get(axis)) / 2;
    }
    return Map.of(
        "box",
        List.of(centre[0], -centre[2], centre[1], half[0], 0, 0, 0, half[2], 0, 0, 0, half[1]));
  }
}
