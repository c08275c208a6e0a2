package io.lite3r.capture.edge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.capture.Calibration;
import io.lite3r.capture.CaptureUnreadable;
import io.lite3r.capture.ImageFolder;
import io.lite3r.capture.ListedImage;
import io.lite3r.capture.Position;
import io.lite3r.geometry.Rigid3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A folder with a {@code cameras.json}. Poses and depth in it are ground truth for evaluation and
 * stay out of the records, unless the options ask for poses as priors; intrinsics and rig offsets
 * likewise only when asked for.
 *
 * <p>{@code pixel_origin} says where (0, 0) of {@code K} is: {@code corner}, the house's own law,
 * or the centre of the top-left pixel, as in OpenCV, which is moved by half a pixel here. A file
 * that does not say is taken as OpenCV's, since that is what calibration tools write.
 *
 * <p>{@code axes} says which way a camera's axes point. Poses and rig offsets of other cameras than
 * OpenCV's are refused, when they are asked for: taken as they are they would be silently wrong.
 */
final class CamerasJson {
  static final String FILE = "cameras.json";

  private final Path folder;
  private final PlayOptions options;
  private final JsonNode root;

  private CamerasJson(Path folder, PlayOptions options, JsonNode root) {
    this.folder = folder;
    this.options = options;
    this.root = root;
  }

  static List<ListedImage> list(Path folder, PlayOptions options) throws IOException {
    Path file = folder.resolve(FILE);
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new CaptureUnreadable(
          "%s is not JSON: %s. Correct or remove it.".formatted(file, e.getOriginalMessage()), e);
    }
    return new CamerasJson(folder, options, root).images();
  }

  private List<ListedImage> images() {
    JsonNode frames = root.path("frames");
    if (!frames.isArray() || frames.isEmpty()) {
      throw unreadable("has no 'frames'", "List the capture's images there");
    }
    if (options.usePoses() || options.useRig()) {
      requireOpenCvAxes();
    }
    List<ListedImage> images = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      images.add(image(frames.get(i), i));
    }
    return images;
  }

  private void requireOpenCvAxes() {
    String axes = root.path("axes").asText("opencv");
    if (!axes.toLowerCase(Locale.ROOT).startsWith("opencv")) {
      throw unreadable(
          "has axes '%s', and its poses are to be used".formatted(axes),
          "Convert them to 'opencv' (x right, y down, z forward), or leave --use-poses and --use-rig out");
    }
  }

  private ListedImage image(JsonNode frame, int index) {
    String where = "frames[" + index + "]";
    String source = frame.path("file").asText("");
    Path file = folder.resolve(source).normalize();
    if (source.isEmpty() || !file.startsWith(folder.normalize())) {
      throw unreadable(
          "%s has file '%s'".formatted(where, source), "Name a file inside the folder");
    }
    String camera = frame.path("camera").asText(ImageFolder.CAMERA);
    JsonNode pose = frame.path("T_world_camera");
    JsonNode rig = root.path("rig").path(camera);
    return new ListedImage(
        source,
        file,
        camera,
        time(frame.path("timestamp"), where),
        options.useIntrinsics() ? calibration(frame, where) : null,
        options.useRig() ? rigid(rig, "rig." + camera) : null,
        options.usePoses() ? rigid(pose, where + ".T_world_camera") : null,
        options.ignoreGps() ? null : position(frame.path("gps"), where));
  }

  private @Nullable Long time(JsonNode timestamp, String where) {
    if (timestamp.isMissingNode() || timestamp.isNull()) {
      return null;
    }
    double seconds = timestamp.asDouble(Double.NaN);
    if (!(Math.abs(seconds) < 9e9)) {
      throw unreadable(
          "%s.timestamp is %s".formatted(where, timestamp), "Give seconds, or null for none");
    }
    return Math.round(seconds * 1e9);
  }

  private @Nullable Calibration calibration(JsonNode frame, String where) {
    JsonNode k = frame.path("K");
    if (k.isMissingNode() || k.isNull()) {
      return null;
    }
    double[] m = numbers(k, 3, 3, where + ".K");
    double shift = pixelOriginShift();
    return new Calibration(
        m[0],
        m[4],
        m[2] + shift,
        m[5] + shift,
        distortion(frame.path("distortion"), where),
        frame.path("width").asInt(0),
        frame.path("height").asInt(0));
  }

  private double pixelOriginShift() {
    String origin = root.path("pixel_origin").asText("centre");
    if (origin.contains("corner")) {
      return 0;
    }
    if (origin.contains("cent")) {
      return 0.5;
    }
    throw unreadable("has pixel_origin '%s'".formatted(origin), "Say 'corner' or 'centre'");
  }

  private List<Double> distortion(JsonNode distortion, String where) {
    JsonNode coefficients = distortion.isObject() ? distortion.path("coeffs") : distortion;
    if (coefficients.isMissingNode() || coefficients.isNull() || coefficients.isEmpty()) {
      return List.of();
    }
    String model = distortion.path("model").asText("opencv");
    if (!model.equals("opencv") || coefficients.size() < 4 || coefficients.size() > 5) {
      throw unreadable(
          "%s.distortion is of model '%s' with %d numbers"
              .formatted(where, model, coefficients.size()),
          "Give OpenCV's k1, k2, p1, p2[, k3], or null");
    }
    List<Double> values = new ArrayList<>();
    coefficients.forEach(value -> values.add(value.asDouble(Double.NaN)));
    return values;
  }

  private @Nullable Rigid3 rigid(JsonNode matrix, String where) {
    if (matrix.isMissingNode() || matrix.isNull()) {
      return null;
    }
    try {
      return Rigid3.ofMatrix(numbers(matrix, 4, 4, where));
    } catch (IllegalArgumentException e) {
      throw unreadable("%s is no pose: %s".formatted(where, e.getMessage()), "Give a 4 x 4 matrix");
    }
  }

  private @Nullable Position position(JsonNode gps, String where) {
    if (gps.isMissingNode() || gps.isNull()) {
      return null;
    }
    JsonNode altitude = gps.path("alt_m");
    try {
      return new Position(
          gps.path("lat").asDouble(Double.NaN),
          gps.path("lon").asDouble(Double.NaN),
          altitude.isNumber() ? altitude.asDouble() : null);
    } catch (IllegalArgumentException e) {
      throw unreadable(
          "%s.gps is %s".formatted(where, e.getMessage()), "Give lat and lon in degrees, or null");
    }
  }

  private double[] numbers(JsonNode matrix, int rows, int columns, String where) {
    double[] values = new double[rows * columns];
    boolean good = matrix.isArray() && matrix.size() == rows;
    for (int r = 0; good && r < rows; r++) {
      good = matrix.get(r).isArray() && matrix.get(r).size() == columns;
      for (int c = 0; good && c < columns; c++) {
        values[r * columns + c] = matrix.get(r).get(c).asDouble(Double.NaN);
        good = Double.isFinite(values[r * columns + c]);
      }
    }
    if (!good) {
      throw unreadable(
          "%s is no matrix of %d x %d numbers".formatted(where, rows, columns), "Correct it");
    }
    return values;
  }

  private CaptureUnreadable unreadable(String what, String cure) {
    return new CaptureUnreadable("%s %s. %s.".formatted(folder.resolve(FILE), what, cure));
  }
}
