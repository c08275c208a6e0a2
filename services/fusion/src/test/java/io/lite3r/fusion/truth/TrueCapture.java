package io.lite3r.fusion.truth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** Reads a capture folder's own depth and poses, by time, cameras of one instant by name. */
public final class TrueCapture {
  private TrueCapture() {}

  /**
   * @param width columns of the depth that is kept; the stored one is sampled down to it
   */
  public static List<TrueFrame> read(Path folder, int width) {
    try {
      JsonNode json = new ObjectMapper().readTree(folder.resolve("cameras.json").toFile());
      List<JsonNode> listed = new ArrayList<>();
      json.path("frames").forEach(listed::add);
      listed.sort(
          Comparator.comparingDouble((JsonNode f) -> f.path("timestamp").asDouble())
              .thenComparing(f -> f.path("camera").asText()));
      Map<String, Long> next = new HashMap<>();
      List<TrueFrame> frames = new ArrayList<>();
      for (JsonNode frame : listed) {
        String camera = frame.path("camera").asText();
        long sequence = next.merge(camera, 1L, Long::sum) - 1;
        frames.add(frame(folder, json, frame, camera, sequence, width));
      }
      return frames;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TrueFrame frame(
      Path folder, JsonNode json, JsonNode frame, String camera, long sequence, int width)
      throws IOException {
    Raster stored =
        ImageIO.read(folder.resolve(frame.get("depth_file").asText()).toFile()).getRaster();
    double shift = json.path("pixel_origin").asText().contains("corner") ? 0 : 0.5;
    JsonNode k = frame.get("K");
    int imageWidth = frame.get("width").asInt();
    int imageHeight = frame.get("height").asInt();
    int height = Math.round((float) imageHeight * width / imageWidth);
    Intrinsics camera3 =
        new Intrinsics(
                k.get(0).get(0).asDouble(),
                k.get(1).get(1).asDouble(),
                k.get(0).get(2).asDouble() + shift,
                k.get(1).get(2).asDouble() + shift,
                imageWidth,
                imageHeight)
            .resizedTo(width, height);
    double[] pose = new double[16];
    for (int i = 0; i < 16; i++) {
      pose[i] = frame.get("T_world_camera").get(i / 4).get(i % 4).asDouble();
    }
    double scale = json.path("depth_scale").asDouble(0.001);
    List<Integer> invalid = new ArrayList<>();
    json.path("depth_invalid").forEach(v -> invalid.add(v.asInt()));
    float[] depth = new float[width * height];
    for (int i = 0; i < depth.length; i++) {
      int x = (int) ((i % width + 0.5) * stored.getWidth() / width);
      int y = (int) ((Math.floorDiv(i, width) + 0.5) * stored.getHeight() / height);
      int value = stored.getSample(x, y, 0);
      depth[i] = invalid.contains(value) ? 0 : (float) (value * scale);
    }
    byte[] rgb = new byte[3 * depth.length];
    Arrays.fill(rgb, (byte) 128);
    return new TrueFrame(camera, sequence, Rigid3.ofMatrix(pose), camera3, depth, rgb);
  }
}
