package io.lite3r.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.schemas.scene.FramePriors;
import org.jspecify.annotations.Nullable;

/**
 * What of a capture's own knowledge fusion is told in a measurement.
 *
 * @param rig fixed places of cameras
 * @param gps positions
 * @param intrinsics cameras
 * @param withhold every n-th frame keeps its position for itself, to be measured with; 0: none
 */
public record Told(boolean rig, boolean gps, boolean intrinsics, int withhold) {

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

  /** The frame's camera, when fusion is told of it; the capture's pixels may begin in a centre. */
  @Nullable Intrinsics calibration(JsonNode capture, JsonNode frame) {
    JsonNode k = frame.path("K");
    if (!intrinsics || !k.isArray()) {
      return null;
    }
    double shift = capture.path("pixel_origin").asText("corner").startsWith("cent") ? 0.5 : 0;
    return new Intrinsics(
        k.get(0).get(0).asDouble(),
        k.get(1).get(1).asDouble(),
        k.get(0).get(2).asDouble() + shift,
        k.get(1).get(2).asDouble() + shift,
        frame.path("width").asInt(),
        frame.path("height").asInt());
  }

  static Rigid3 rigid(JsonNode rows) {
    double[] m = new double[16];
    for (int i = 0; i < 16; i++) {
      m[i] = rows.get(i / 4).get(i % 4).asDouble();
    }
    return Rigid3.ofMatrix(m);
  }
}
