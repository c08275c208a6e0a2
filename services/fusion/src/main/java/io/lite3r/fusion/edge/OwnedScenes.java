package io.lite3r.fusion.edge;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The scenes that this process works on, each with the partition that its records come from: who
 * has the partition owns the scene.
 *
 * @param <W> what works on a scene
 */
final class OwnedScenes<W> {
  private final Map<String, W> workers = new TreeMap<>();
  private final Map<String, Integer> partitions = new HashMap<>();

  /**
   * The scene's worker, opened when it is the first time that the scene is met.
   *
   * @param partition null when the record does not come from Kafka
   */
  W of(String scene, @Nullable Integer partition, Function<String, W> open) {
    if (partition != null) {
      partitions.put(scene, partition);
    }
    return workers.computeIfAbsent(scene, open);
  }

  /** In the order of their scenes' names. */
  Collection<W> all() {
    return workers.values();
  }

  /** Scenes of these partitions are no longer ours, and neither is one of which nobody knows. */
  void forget(Set<Integer> lost) {
    workers
        .keySet()
        .removeIf(
            scene -> {
              Integer partition = partitions.get(scene);
              return partition == null || lost.contains(partition);
            });
    partitions.keySet().retainAll(workers.keySet());
  }
}
