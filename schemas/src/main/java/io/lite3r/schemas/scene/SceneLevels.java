package io.lite3r.schemas.scene;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Coarser levels of a version's surface: nodes of an octree over its tiles, those that are up to
 * date with the tiles below them. Which tiles a node stands for follows from its place.
 *
 * @param format {@link SceneJson#LEVELS_FORMAT}
 * @param nodes by level, then place
 */
public record SceneLevels(String format, List<Node> nodes) {
  public SceneLevels {
    nodes = List.copyOf(nodes);
  }

  /**
   * One node.
   *
   * @param level from 1: it stands for cubes of 2^level tiles along an edge
   * @param place {@code x_y_z} in the grid of such cubes
   * @param mesh the GLB; absent when nothing of the surface is left at this level
   * @param error how far it is from the tiles at most, scene units
   */
  public record Node(int level, String place, @Nullable ObjectRef mesh, double error) {}
}
