package io.lite3r.fusion.lod;

import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneLevels;
import io.lite3r.schemas.scene.SceneManifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** Tiles with a piece of floor each, and their meshes in a map, for tests of levels of detail. */
public final class Floors implements Levels.Meshes {
  public static final double VOXEL = 0.1;
  private static final double EDGE = TileId.VOXELS * VOXEL;

  public final TreeMap<TileId, SceneManifest.Tile> tiles = new TreeMap<>();
  private final Map<String, Mesh> meshes = new HashMap<>();
  public final List<String> written = new ArrayList<>();

  /** A floor through the tile, so far below its upper face; in place of what was there. */
  public TileId put(int x, int y, int z, double down) {
    TileId id = new TileId(x, y, z);
    Mesh mesh = floor(x * EDGE, y * EDGE + down, z * EDGE);
    tiles.put(
        id,
        new SceneManifest.Tile(
            id.toString(),
            List.of(x * EDGE, y * EDGE, z * EDGE),
            List.of((x + 1) * EDGE, (y + 1) * EDGE, (z + 1) * EDGE),
            keep(mesh),
            mesh.vertices(),
            mesh.triangles()));
    return id;
  }

  private ObjectRef keep(Mesh mesh) {
    int[] content = new int[6 * mesh.vertices() + 3 * mesh.triangles()];
    int at = 0;
    for (int v = 0; v < mesh.vertices(); v++) {
      for (int axis = 0; axis < 3; axis++) {
        content[at++] = Float.floatToIntBits(mesh.position(v, axis));
        content[at++] = mesh.colour(v, axis);
      }
    }
    for (int t = 0; t < mesh.triangles(); t++) {
      for (int corner = 0; corner < 3; corner++) {
        content[at++] = mesh.index(t, corner);
      }
    }
    String name = "%08x-%d".formatted(Arrays.hashCode(content), content.length);
    meshes.put(name, mesh);
    return new ObjectRef("tiles/" + name + ".glb", 0, name, "");
  }

  @Override
  public Mesh read(ObjectRef mesh) {
    return Objects.requireNonNull(meshes.get(mesh.sha256()));
  }

  @Override
  public ObjectRef write(Mesh mesh) {
    ObjectRef ref = keep(mesh);
    written.add(ref.key());
    return ref;
  }

  @Override
  public List<SceneLevels.Node> together(List<Callable<SceneLevels.Node>> work) {
    List<SceneLevels.Node> results = new ArrayList<>();
    for (Callable<SceneLevels.Node> each : work) {
      try {
        results.add(each.call());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    return results;
  }

  private static Mesh floor(double x0, double y, double z0) {
    Mesh mesh = new Mesh();
    int n = TileId.VOXELS + 1;
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < n; i++) {
        mesh.addVertex(
            (float) (x0 + i * VOXEL), (float) y, (float) (z0 + j * VOXEL), 0, -1, 0, 90, 100, 110);
      }
    }
    for (int j = 0; j + 1 < n; j++) {
      for (int i = 0; i + 1 < n; i++) {
        int at = j * n + i;
        mesh.addTriangle(at, at + 1, at + n);
        mesh.addTriangle(at + 1, at + n + 1, at + n);
      }
    }
    return mesh;
  }
}
