package io.lite3r.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.lite3r.geometry.Rigid3;
import io.lite3r.schemas.scene.FramePriors;
import org.jspecify.annotations.Nullable;

/**
 * What of a capture's own knowledge fusion is told in a measurement.
 *
 * @param rig fixed places of cameras
 * @param gps positions
 * @param withhold every n-th frame keeps its position for itself, to be measured with; 0: none
 */
public record Told(boolean rig, boolean gps, int withhold) {

  /** Whether the frame of this index keeps its position for itself. */
  boolean withholds(int index) {
    return withhold > 0 && index % withhold == withhold - 1;
  }

  @Nullable FramePriors of(JsonNode capture, JsonNode frame, int index) {
    JsonNode matrix = capture.path("rig").path(frame.path("camera").asText());
    JsonNode position = frame.path("gps");
    return FramePriors.of(
        rig && matrix.isArray() ? rigid(matrix) : null,
        null,
        gps && position.isObject() && !withholds(index)
            ? new FramePriors.GpsFix(
                position.path("lat").asDouble(),
                position.path("lon").asDouble(),
                position.path("alt_m").isNumber() ? position.path("alt_m").asDouble() : null)
            : null);
  }

  static Rigid3 rigid(JsonNode rows) {
    double[] m = new double[16];
    for (int i = 0; i < 16; i++) {
      m[i] = rows.get(i / 4).get(i % 4).asDouble();
    }
    return Rigid3.ofMatrix(m);
  }
}
