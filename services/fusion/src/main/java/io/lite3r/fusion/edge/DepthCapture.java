package io.lite3r.fusion.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.imaging.ImageRefused;
import io.lite3r.imaging.StrictDecoder;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/** A capture with depth and poses of its own (cameras.json), read for measuring. */
final class DepthCapture {
  private DepthCapture() {}

  /**
   * Every frame that has depth and a pose, at the depth's own resolution, which must be the
   * image's. Depth beyond {@code farthest} is left out.
   */
  static List<SubmapView> read(Path folder, double farthest) throws IOException {
    JsonNode capture = new ObjectMapper().readTree(folder.resolve("cameras.json").toFile());
    double depthScale = capture.path("depth_scale").asDouble(0.001);
    // Sources that put (0, 0) at a pixel's centre are half a pixel short of the corner's origin.
    double shift = capture.path("pixel_origin").asText("").contains("centre") ? 0.5 : 0;
    List<SubmapView> views = new ArrayList<>();
    for (JsonNode frame : capture.path("frames")) {
      if (frame.hasNonNull("depth_file") && frame.hasNonNull("T_world_camera")) {
        views.add(view(folder, frame, depthScale, shift, farthest));
      }
    }
    if (views.isEmpty()) {
      throw new IOException(
          "%s has no frame with depth_file and T_world_camera; bench fusion measures with a capture's own depth"
              .formatted(folder));
    }
    return views;
  }

  private static SubmapView view(
      Path folder, JsonNode frame, double depthScale, double shift, double farthest)
      throws IOException {
    BufferedImage stored = ImageIO.read(folder.resolve(frame.get("depth_file").asText()).toFile());
    Raster raster = stored.getRaster();
    int width = raster.getWidth();
    int height = raster.getHeight();
    float[] depth = new float[width * height];
    int[] samples = raster.getSamples(0, 0, width, height, 0, (int[]) null);
    for (int i = 0; i < depth.length; i++) {
      double d = samples[i] * depthScale;
      depth[i] = d <= farthest ? (float) d : 0;
    }
    float[] confidence = new float[depth.length];
    Arrays.fill(confidence, 1);
    JsonNode k = frame.get("K");
    Intrinsics camera =
        new Intrinsics(
            k.get(0).get(0).asDouble(),
            k.get(1).get(1).asDouble(),
            k.get(0).get(2).asDouble() + shift,
            k.get(1).get(2).asDouble() + shift,
            width,
            height);
    double[] pose = new double[16];
    for (int i = 0; i < 16; i++) {
      pose[i] = frame.get("T_world_camera").get(i / 4).get(i % 4).asDouble();
    }
    return new SubmapView(
        depth, confidence, colours(folder, frame, width, height), camera, Rigid3.ofMatrix(pose));
  }

  private static byte[] colours(Path folder, JsonNode frame, int width, int height)
      throws IOException {
    Path file = folder.resolve(frame.get("file").asText());
    try {
      var image = StrictDecoder.decode(Files.readAllBytes(file));
      if (image.width() != width || image.height() != height) {
        throw new IOException(
            "%s is %d x %d, its depth %d x %d; bench fusion takes depth registered to colour"
                .formatted(file, image.width(), image.height(), width, height));
      }
      return image.rgb();
    } catch (ImageRefused e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
