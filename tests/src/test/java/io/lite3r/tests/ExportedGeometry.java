package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.align.SimilarityFit;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Rotation;
import io.lite3r.geometry.Sim3;
import io.lite3r.geometry.Vector3;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Do the files of a run mean what their conventions say? Every depth pixel goes through its own
 * camera, pose and scale into the scene, and the same pixel of the true capture into the true
 * world: one similarity must bring the two together. A transposed pose, a swapped axis, a camera of
 * another image size or a wrong depth scale cannot pass.
 */
final class ExportedGeometry {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int EVERY_PIXEL = 16;
  private static final int EVERY_VERTEX = 97;

  private final Path result;
  private final Map<String, View> estimated;
  private final Map<String, View> actual;

  /** A frame of a capture folder: pinhole camera of its depth map, pose, depth in the unit. */
  private record View(
      String camera,
      double timestamp,
      double[] k,
      Rigid3 worldFromCamera,
      Raster depth,
      double depthScale,
      Affine2 originalFromDepth) {

    double depth(int column, int row) {
      return depth.getSample(column, row, 0) * depthScale;
    }

    /** The world point that the pixel at (x, y), corner origin, sees at this depth. */
    Vector3 point(double x, double y, double depth) {
      Vector3 ray = new Vector3((x - k[2]) / k[0], (y - k[3]) / k[1], 1);
      return worldFromCamera.apply(ray.times(depth));
    }
  }

  ExportedGeometry(Path result, Path capture) throws IOException {
    this.result = result;
    this.estimated = views(result);
    this.actual = views(capture);
  }

  /**
   * @param tolerance median distance from the truth over the distance from the camera
   */
  void isTrueWithin(double tolerance) throws IOException {
    assertThat(estimated.keySet()).isEqualTo(actual.keySet());
    List<Vector3> inScene = new ArrayList<>();
    List<Vector3> inWorld = new ArrayList<>();
    List<Double> far = new ArrayList<>();
    estimated.forEach((file, view) -> collect(view, actual.get(file), inScene, inWorld, far));
    Sim3 worldFromScene = fit(inScene, inWorld);
    double[] errors =
        IntStream.range(0, far.size())
            .mapToDouble(
                i -> worldFromScene.apply(inScene.get(i)).minus(inWorld.get(i)).norm() / far.get(i))
            .toArray();
    assertThat(median(errors)).as("depth through cameras and poses").isLessThan(tolerance);
    assertThat(median(meshErrors(worldFromScene))).as("scene.ply").isLessThan(tolerance);
    trajectoriesAreThePoses();
  }

  private static void collect(
      View estimate, View truth, List<Vector3> inScene, List<Vector3> inWorld, List<Double> far) {
    for (int row = 0; row < estimate.depth.getHeight(); row += EVERY_PIXEL) {
      for (int column = 0; column < estimate.depth.getWidth(); column += EVERY_PIXEL) {
        double x = estimate.originalFromDepth.applyX(column + 0.5, row + 0.5);
        double y = estimate.originalFromDepth.applyY(column + 0.5, row + 0.5);
        Affine2 depthFromOriginal = truth.originalFromDepth.inverse();
        double u = depthFromOriginal.applyX(x, y);
        double v = depthFromOriginal.applyY(x, y);
        double actual = truth.depth((int) u, (int) v);
        if (estimate.depth(column, row) > 0 && actual > 0) {
          inScene.add(estimate.point(column + 0.5, row + 0.5, estimate.depth(column, row)));
          inWorld.add(truth.point(u, v, actual));
          far.add(actual);
        }
      }
    }
  }

  /** Twice: the second time without the half of the points that the first fits worst. */
  private static Sim3 fit(List<Vector3> from, List<Vector3> to) {
    double[] even = new double[from.size()];
    Arrays.fill(even, 1);
    Sim3 first = SimilarityFit.of(flat(from), flat(to), even, even.length).targetFromSource();
    double[] errors =
        IntStream.range(0, even.length)
            .mapToDouble(i -> first.apply(from.get(i)).minus(to.get(i)).norm())
            .toArray();
    double middle = median(errors);
    for (int i = 0; i < even.length; i++) {
      even[i] = errors[i] <= middle ? 1 : 0;
    }
    return SimilarityFit.of(flat(from), flat(to), even, even.length).targetFromSource();
  }

  /** How far vertices are, along z, from what the true camera that sees them best sees there. */
  private double[] meshErrors(Sim3 worldFromScene) throws IOException {
    List<Double> errors = new ArrayList<>();
    for (Vector3 vertex : vertices()) {
      Vector3 point = worldFromScene.apply(vertex);
      actual.values().stream()
          .map(view -> error(view, point))
          .filter(Double::isFinite)
          .min(Comparator.naturalOrder())
          .ifPresent(errors::add);
    }
    assertThat(errors).as("vertices of scene.ply that a true camera sees").hasSizeGreaterThan(50);
    return errors.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double error(View view, Vector3 point) {
    Vector3 inCamera = view.worldFromCamera.inverse().apply(point);
    int column = (int) Math.floor(view.k[0] * inCamera.x() / inCamera.z() + view.k[2]);
    int row = (int) Math.floor(view.k[1] * inCamera.y() / inCamera.z() + view.k[3]);
    boolean seen =
        inCamera.z() > 0
            && column >= 0
            && row >= 0
            && column < view.depth.getWidth()
            && row < view.depth.getHeight();
    double actual = seen ? view.depth(column, row) : 0;
    return actual > 0 ? Math.abs(inCamera.z() - actual) / actual : Double.NaN;
  }

  private List<Vector3> vertices() throws IOException {
    byte[] ply = Files.readAllBytes(result.resolve("scene.ply"));
    String text = new String(ply, StandardCharsets.ISO_8859_1);
    String header = text.substring(0, text.indexOf("end_header\n") + "end_header\n".length());
    int count = Integer.parseInt(header.replaceAll("(?s).*element vertex (\\d+).*", "$1"));
    String properties = header.replaceAll("(?s).*element vertex \\d+\n(.*)element face.*", "$1");
    assertThat(properties).startsWith("property float x\nproperty float y\nproperty float z\n");
    int stride = 0;
    for (String property : properties.split("\n")) {
      stride += property.contains("float") ? 4 : 1;
    }
    ByteBuffer body =
        ByteBuffer.wrap(ply, header.length(), count * stride)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
    List<Vector3> vertices = new ArrayList<>();
    for (int i = 0; i < count; i += EVERY_VERTEX) {
      int at = i * stride;
      vertices.add(new Vector3(body.getFloat(at), body.getFloat(at + 4), body.getFloat(at + 8)));
    }
    return vertices;
  }

  private void trajectoriesAreThePoses() throws IOException {
    for (View view : estimated.values()) {
      Path several = result.resolve("trajectory-%s.txt".formatted(view.camera));
      Path file = Files.exists(several) ? several : result.resolve("trajectory.txt");
      double[] line =
          Files.readAllLines(file).stream()
              .map(l -> Arrays.stream(l.split(" ")).mapToDouble(Double::parseDouble).toArray())
              .filter(numbers -> Math.abs(numbers[0] - view.timestamp) < 1e-6)
              .findFirst()
              .orElseThrow();
      Vector3 centre = new Vector3(line[1], line[2], line[3]);
      Rotation turn = new Rotation(line[7], line[4], line[5], line[6]);
      assertThat(centre.minus(view.worldFromCamera.translation()).norm())
          .isCloseTo(0, within(1e-6));
      assertThat(turn.inverse().times(view.worldFromCamera.rotation()).angle())
          .isCloseTo(0, within(1e-6));
    }
  }

  private static Map<String, View> views(Path folder) throws IOException {
    JsonNode top = JSON.readTree(folder.resolve("cameras.json").toFile());
    assertThat(top.get("pixel_origin").asText()).isEqualTo("corner");
    Map<String, View> views = new HashMap<>();
    for (JsonNode frame : top.get("frames")) {
      Raster depth =
          ImageIO.read(folder.resolve(frame.get("depth_file").asText()).toFile()).getRaster();
      JsonNode k = frame.has("depth_K") ? frame.get("depth_K") : frame.get("K");
      views.put(
          frame.get("file").asText(),
          new View(
              frame.get("camera").asText(),
              frame.get("timestamp").asDouble(),
              new double[] {
                k.get(0).get(0).asDouble(),
                k.get(1).get(1).asDouble(),
                k.get(0).get(2).asDouble(),
                k.get(1).get(2).asDouble()
              },
              Rigid3.ofMatrix(numbers(frame.get("T_world_camera"), 16)),
              depth,
              top.get("depth_scale").asDouble(),
              originalFromDepth(frame, depth)));
    }
    return views;
  }

  /** Stated where a run wrote it; a capture's own depth covers the whole image. */
  private static Affine2 originalFromDepth(JsonNode frame, Raster depth) {
    if (frame.has("view_to_original")) {
      double[] m = numbers(frame.get("view_to_original"), 6);
      return new Affine2(m[0], m[1], m[2], m[3], m[4], m[5]);
    }
    return new Affine2(
        frame.get("width").asDouble() / depth.getWidth(),
        0,
        0,
        0,
        frame.get("height").asDouble() / depth.getHeight(),
        0);
  }

  private static double[] numbers(JsonNode rows, int count) {
    double[] numbers = new double[count];
    int i = 0;
    for (JsonNode row : rows) {
      for (JsonNode number : row) {
        numbers[i++] = number.asDouble();
      }
    }
    assertThat(i).isEqualTo(count);
    return numbers;
  }

  private static double[] flat(List<Vector3> points) {
    return points.stream()
        .flatMapToDouble(p -> java.util.stream.DoubleStream.of(p.x(), p.y(), p.z()))
        .toArray();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
