package io.lite3r.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.geometry.Rigid3;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * Poses and depth that a capture's {@code cameras.json} holds for evaluation. The pipeline never
 * sees them.
 *
 * @param unit unit of lengths, such as metre
 * @param frames by file name as {@code cameras.json} has it
 */
record Truth(String unit, Map<String, Frame> frames) {

  /**
   * @param worldFromCamera the true pose
   * @param depth true z-depth over the whole image, in any resolution; absent when there is none
   */
  record Frame(Rigid3 worldFromCamera, @Nullable Depth depth) {}

  /** 16-bit depth, {@code value * scale} in the truth's unit, 0 = none. */
  record Depth(Raster pixels, double scale) {
    /** Depth at a relative position (0..1) of the image; 0 = none. */
    double at(double x, double y) {
      int column = Math.clamp((long) (x * pixels.getWidth()), 0, pixels.getWidth() - 1);
      int row = Math.clamp((long) (y * pixels.getHeight()), 0, pixels.getHeight() - 1);
      return pixels.getSample(column, row, 0) * scale;
    }
  }

  /** The truth of a capture folder; empty of frames when it has none. */
  static Truth read(Path capture) throws IOException {
    Map<String, Frame> frames = new LinkedHashMap<>();
    Path file = capture.resolve("cameras.json");
    if (!Files.isRegularFile(file)) {
      return new Truth("", frames);
    }
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    double depthScale = json.path("depth_scale").asDouble(0.001);
    for (JsonNode frame : json.path("frames")) {
      JsonNode pose = frame.path("T_world_camera");
      if (pose.isArray()) {
        frames.put(
            frame.get("file").asText(), new Frame(rigid(pose), depth(capture, frame, depthScale)));
      }
    }
    return new Truth(json.path("units").asText("unit"), frames);
  }

  private static Rigid3 rigid(JsonNode rows) {
    double[] m = new double[16];
    for (int i = 0; i < 16; i++) {
      m[i] = rows.get(i / 4).get(i % 4).asDouble();
    }
    return Rigid3.ofMatrix(m);
  }

  private static @Nullable Depth depth(Path capture, JsonNode frame, double scale)
      throws IOException {
    if (!frame.path("depth_file").isTextual()) {
      return null;
    }
    Path file = capture.resolve(frame.get("depth_file").asText());
    if (!Files.isRegularFile(file)) {
      return null; // a capture may come without its depth: poses are measured all the same
    }
    BufferedImage image = ImageIO.read(file.toFile());
    return image == null ? null : new Depth(image.getRaster(), scale);
  }
}
