package io.lite3r.fusion.edge;

import io.lite3r.schemas.scene.SceneManifest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How far the scene has come in each partition of its input. */
final class InputPositions {
  private final Map<String, SceneManifest.Input> inputs = new TreeMap<>();

  /** What came from no topic says nothing. */
  void reached(Arrival arrival) {
    SceneManifest.Input origin = arrival.origin();
    if (origin != null) {
      reached(origin);
    }
  }

  void reached(SceneManifest.Input input) {
    inputs.merge(
        input.topic() + "-" + input.partition(),
        input,
        (a, b) -> a.endOffset() >= b.endOffset() ? a : b);
  }

  List<SceneManifest.Input> all() {
    return List.copyOf(inputs.values());
  }
}
