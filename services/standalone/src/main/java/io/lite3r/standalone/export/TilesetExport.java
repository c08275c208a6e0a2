package io.lite3r.standalone.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneManifest;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * 3D Tiles 1.1: one root, one child for each tile, GLB content, one level.
 *
 * <p>Three conventions meet. The GLBs hold scene units and axes (y down, z forward). A viewer of 3D
 * Tiles first turns glTF's y-up content to z-up: (x, y, z) becomes (x, -z, y). The root's transform
 * undoes that and takes the scene to where it belongs: with GPS to its place on the earth (metres,
 * earth-centred), with poses to their frame, else to an upright scene with x right, y forward, z
 * up, in metres when a rig gave the scale.
 */
final class TilesetExport {
  /** From a viewer's turned content back to scene axes: (x, y, z) becomes (x, z, -y). */
  private static final Rotation SCENE_FROM_TURNED =
      Rotation.ofMatrix(new double[] {1, 0, 0, 0, 0, 1, 0, -1, 0});

  /** From scene axes to x right, y forward, z up: (x, y, z) becomes (x, z, -y). */
  private static final Rotation UPRIGHT = SCENE_FROM_TURNED;

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private TilesetExport() {}

  static String json(SceneManifest manifest) {
    double[] min = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    double[] max = {-Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
    List<Object> children = new ArrayList<>();
    // A tile's surface reaches up to a voxel into its neighbours; a viewer culls by these boxes.
    double reach = manifest.voxelSize();
    for (SceneManifest.Tile tile : manifest.tiles()) {
      List<Double> low = tile.min().stream().map(m -> m - reach).toList();
      List<Double> high = tile.max().stream().map(m -> m + reach).toList();
      for (int axis = 0; axis < 3; axis++) {
        min[axis] = Math.min(min[axis], low.get(axis));
        max[axis] = Math.max(max[axis], high.get(axis));
      }
      Map<String, Object> child = new LinkedHashMap<>();
      child.put("boundingVolume", box(low, high));
      child.put("geometricError", 0);
      child.put("content", Map.of("uri", tile.id() + ".glb"));
      children.add(child);
    }
    if (children.isEmpty()) {
      min = new double[3];
      max = new double[3];
    }
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("transform", columns(worldFromScene(manifest.registration())));
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

  private static Sim3 worldFromScene(@Nullable Registration registration) {
    if (registration == null) {
      return new Sim3(1, UPRIGHT, Vector3.ZERO);
    }
    Geodetic origin = registration.origin();
    if (origin != null) {
      Rigid3 earth = origin.ecefFromEastNorthUp();
      return new Sim3(1, earth.rotation(), earth.translation())
          .times(registration.metricFromScene());
    }
    return registration.source().equals(Registration.RIG)
        ? new Sim3(1, UPRIGHT, Vector3.ZERO).times(registration.metricFromScene())
        : registration.metricFromScene();
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
