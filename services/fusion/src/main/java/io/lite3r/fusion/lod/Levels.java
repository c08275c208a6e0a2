package io.lite3r.fusion.lod;

import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.fusion.mesh.VertexClustering;
import io.lite3r.fusion.tsdf.TileId;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneLevels;
import io.lite3r.schemas.scene.SceneManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * The coarser levels of one scene's surface. A node is made of its children's surfaces, so what a
 * changed tile costs is one node on each level, however large the scene is; its error is how far
 * clustering moved a vertex, plus the largest error of a child. Nodes above a changed tile are gone
 * until {@link #complete} makes them again; then all are a function of the tiles alone, however
 * often that was done before.
 */
public final class Levels {
  /** Levels above the largest grid of tiles that block keys can name. */
  private static final int MOST = 18;

  private final TreeMap<Octant, SceneLevels.Node> nodes = new TreeMap<>();

  /** Reads and writes surfaces. */
  public interface Meshes {
    Mesh read(ObjectRef mesh);

    ObjectRef write(Mesh mesh);

    /** Results of work that may be done side by side, in order. */
    List<SceneLevels.Node> together(List<Callable<SceneLevels.Node>> work);
  }

  /** Forgets all nodes. */
  public void clear() {
    nodes.clear();
  }

  /** Takes over what was stored. */
  public void restore(SceneLevels stored) {
    stored.nodes().forEach(node -> nodes.put(Octant.parse(node.level(), node.place()), node));
  }

  public SceneLevels stored() {
    return new SceneLevels(SceneJson.LEVELS_FORMAT, List.copyOf(nodes.values()));
  }

  /** A tile's surface is another one, or new, or gone. */
  public void changed(TileId tile) {
    Octant above = Octant.of(tile);
    for (int level = 0; level < MOST; level++) {
      above = above.parent();
      nodes.remove(above);
    }
  }

  /** Makes the nodes that are missing, level by level, and forgets those that nothing is below. */
  public void complete(
      SortedMap<TileId, SceneManifest.Tile> tiles, double voxelSize, Meshes meshes) {
    TreeMap<Octant, SceneLevels.Node> all = new TreeMap<>();
    SortedMap<Octant, LevelNode> level = leaves(tiles);
    while (!united(level)) {
      SortedMap<Octant, List<LevelNode>> families = families(level);
      List<Callable<SceneLevels.Node>> work = new ArrayList<>();
      families.forEach(
          (place, children) -> {
            SceneLevels.Node known = nodes.get(place);
            if (known == null) {
              work.add(() -> make(place, children, voxelSize, meshes));
            } else {
              all.put(place, known);
            }
          });
      for (SceneLevels.Node made : meshes.together(work)) {
        all.put(Octant.parse(made.level(), made.place()), made);
      }
      level = parents(families, all);
    }
    nodes.clear();
    nodes.putAll(all);
  }

  private static SceneLevels.Node make(
      Octant place, List<LevelNode> children, double voxelSize, Meshes meshes) {
    List<Mesh> finer = new ArrayList<>();
    double below = 0;
    for (LevelNode child : children) {
      below = Math.max(below, child.error());
      ObjectRef mesh = child.mesh();
      if (mesh != null) {
        finer.add(meshes.read(mesh));
      }
    }
    VertexClustering.Coarser coarser = VertexClustering.of(finer, voxelSize * (1 << place.level()));
    return new SceneLevels.Node(
        place.level(),
        place.place(),
        coarser.mesh().triangles() == 0 ? null : meshes.write(coarser.mesh()),
        coarser.farthestMove() + below);
  }

  /** The octree as it is, by its topmost nodes: one in each octant of space at most. */
  public List<LevelNode> tree(SortedMap<TileId, SceneManifest.Tile> tiles) {
    SortedMap<Octant, LevelNode> level = leaves(tiles);
    while (!united(level)) {
      level = parents(families(level), nodes);
    }
    return List.copyOf(level.values());
  }

  private static boolean united(SortedMap<Octant, LevelNode> level) {
    return level.keySet().stream().allMatch(Octant::isInnermost);
  }

  private static SortedMap<Octant, LevelNode> leaves(SortedMap<TileId, SceneManifest.Tile> tiles) {
    SortedMap<Octant, LevelNode> leaves = new TreeMap<>();
    tiles.forEach((id, tile) -> leaves.put(Octant.of(id), LevelNode.of(tile)));
    return leaves;
  }

  private static SortedMap<Octant, List<LevelNode>> families(SortedMap<Octant, LevelNode> level) {
    SortedMap<Octant, List<LevelNode>> families = new TreeMap<>();
    level.forEach(
        (place, node) ->
            families.computeIfAbsent(place.parent(), p -> new ArrayList<>()).add(node));
    return families;
  }

  private static SortedMap<Octant, LevelNode> parents(
      SortedMap<Octant, List<LevelNode>> families, SortedMap<Octant, SceneLevels.Node> known) {
    SortedMap<Octant, LevelNode> parents = new TreeMap<>();
    families.forEach(
        (place, children) -> {
          SceneLevels.Node node = known.get(place);
          parents.put(
              place,
              node == null
                  ? LevelNode.missing(children)
                  : new LevelNode(null, true, node.mesh(), node.error(), children));
        });
    return parents;
  }
}
