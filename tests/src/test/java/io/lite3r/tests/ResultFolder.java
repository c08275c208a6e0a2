package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;

/** What a run wrote, read as strangers would read it: by the contract of the command line alone. */
final class ResultFolder {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double UNIT_QUATERNION = 1e-6;

  private final Path folder;

  ResultFolder(Path folder) {
    this.folder = folder;
  }

  JsonNode report() throws IOException {
    return JSON.readTree(folder.resolve("report.json").toFile());
  }

  /** Every file of the contract for a rig of these cameras with so many fused frames each. */
  void isValid(List<String> cameras, int framesPerCamera) throws IOException {
    trajectoriesParse(cameras, framesPerCamera);
    camerasAreACapture(cameras.size() * framesPerCamera);
    meshParses();
    glbParses(folder.resolve("scene.glb"));
    pointsParse();
    colmapParses(cameras.size() * framesPerCamera);
    tilesetParses();
    reportIsComplete();
  }

  /** As many points in the LAZ as in the PLY; `./lite3r test formats` decodes them. */
  private void pointsParse() throws IOException {
    String ply =
        new String(Files.readAllBytes(folder.resolve("points.ply")), StandardCharsets.ISO_8859_1);
    int points = Integer.parseInt(ply.split("element vertex ", 2)[1].split("\n", 2)[0]);
    ByteBuffer laz =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("points.laz")))
            .order(ByteOrder.LITTLE_ENDIAN);
    assertThat(laz.getInt(0)).as("LASF").isEqualTo(0x4653414C);
    assertThat(laz.get(104) & 0xff).as("point format 2, compressed").isEqualTo(0x82);
    assertThat(laz.getInt(107)).isEqualTo(points).isPositive();
  }

  /** Images name cameras, points name their observations in images, and the other way round. */
  private void colmapParses(int frames) throws IOException {
    List<String> cameras = new ArrayList<>();
    for (String line : records("cameras.txt")) {
      cameras.add(line.split(" ")[0]);
      assertThat(line.split(" ")).as(line).hasSize(8);
    }
    List<String> images = records("images.txt");
    assertThat(images).hasSize(2 * frames);
    Map<String, String> pointOfObservation = new TreeMap<>();
    for (int i = 0; i < images.size(); i += 2) {
      String[] image = images.get(i).split(" ", 10);
      assertThat(cameras).contains(image[8]);
      String[] seen = images.get(i + 1).split(" ");
      for (int k = 0; k + 2 < seen.length; k += 3) {
        pointOfObservation.put(image[0] + " " + k / 3, seen[k + 2]);
      }
    }
    List<String> points = records("points3D.txt");
    assertThat(points).isNotEmpty();
    long observations = 0;
    for (String line : points) {
      String[] words = line.split(" ");
      assertThat(words.length).as(line).isGreaterThanOrEqualTo(8 + 2 * 2);
      for (int k = 8; k < words.length; k += 2) {
        assertThat(pointOfObservation).containsEntry(words[k] + " " + words[k + 1], words[0]);
        observations++;
      }
    }
    assertThat(observations).isEqualTo(pointOfObservation.size());
  }

  private List<String> records(String file) throws IOException {
    return Files.readAllLines(folder.resolve("colmap").resolve(file)).stream()
        .filter(line -> !line.startsWith("#"))
        .toList();
  }

  private void trajectoriesParse(List<String> cameras, int frames) throws IOException {
    for (String camera : cameras) {
      Path file =
          folder.resolve(
              cameras.size() == 1 ? "trajectory.txt" : "trajectory-%s.txt".formatted(camera));
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).as(file.toString()).hasSize(frames);
      double last = Double.NEGATIVE_INFINITY;
      for (String line : lines) {
        String[] words = line.split(" ");
        assertThat(words).as(line).hasSize(8);
        double[] numbers = new double[8];
        for (int i = 0; i < 8; i++) {
          numbers[i] = Double.parseDouble(words[i]);
          assertThat(numbers[i]).as(line).isFinite();
        }
        assertThat(numbers[0]).as("timestamps increase").isGreaterThan(last);
        last = numbers[0];
        double norm = 0;
        for (int i = 4; i < 8; i++) {
          norm += numbers[i] * numbers[i];
        }
        assertThat(Math.sqrt(norm))
            .as("a unit quaternion: " + line)
            .isCloseTo(1, org.assertj.core.data.Offset.offset(UNIT_QUATERNION));
      }
    }
  }

  private void camerasAreACapture(int frames) throws IOException {
    JsonNode json = JSON.readTree(folder.resolve("cameras.json").toFile());
    assertThat(json.path("pixel_origin").asText()).isEqualTo("corner");
    assertThat(json.path("units").asText()).isIn("metre", "scene");
    assertThat(json.path("depth_scale").asDouble()).isPositive();
    assertThat(json.path("frames")).hasSize(frames);
    for (JsonNode frame : json.path("frames")) {
      String name = frame.path("file").asText();
      assertThat(name).isNotBlank();
      assertThat(frame.path("camera").asText()).as(name).isNotBlank();
      assertThat(frame.path("width").asInt()).as(name).isPositive();
      matrix(frame.path("K"), 3, 3, name + " K");
      matrix(frame.path("depth_K"), 3, 3, name + " depth_K");
      matrix(frame.path("view_to_original"), 2, 3, name + " view_to_original");
      isRigid(matrix(frame.path("T_world_camera"), 4, 4, name + " T_world_camera"), name);
      depthMatches(frame);
    }
  }

  private static double[][] matrix(JsonNode json, int rows, int columns, String what) {
    assertThat(json).as(what).hasSize(rows);
    double[][] matrix = new double[rows][columns];
    for (int r = 0; r < rows; r++) {
      assertThat(json.get(r)).as(what).hasSize(columns);
      for (int c = 0; c < columns; c++) {
        matrix[r][c] = json.get(r).get(c).asDouble();
        assertThat(matrix[r][c]).as(what).isFinite();
      }
    }
    return matrix;
  }

  private static void isRigid(double[][] pose, String what) {
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < 3; b++) {
        double dot = 0;
        for (int k = 0; k < 3; k++) {
          dot += pose[k][a] * pose[k][b];
        }
        assertThat(dot)
            .as(what + ": columns of the rotation")
            .isCloseTo(a == b ? 1 : 0, org.assertj.core.data.Offset.offset(1e-6));
      }
    }
    assertThat(pose[3]).as(what + ": last row").containsExactly(0, 0, 0, 1);
  }

  private void depthMatches(JsonNode frame) throws IOException {
    Path file = folder.resolve(frame.path("depth_file").asText());
    BufferedImage depth = ImageIO.read(file.toFile());
    assertThat(depth).as(file + " is a PNG").isNotNull();
    assertThat(depth.getColorModel().getPixelSize()).as(file + ": bits a pixel").isEqualTo(16);
    assertThat(depth.getRaster().getNumBands()).as(file + ": channels").isEqualTo(1);
    assertThat(List.of(depth.getWidth(), depth.getHeight()))
        .as(file + ": size")
        .isEqualTo(
            List.of(
                frame.path("depth_size").get(0).asInt(), frame.path("depth_size").get(1).asInt()));
    long seen = 0;
    for (int y = 0; y < depth.getHeight(); y++) {
      for (int x = 0; x < depth.getWidth(); x++) {
        seen += depth.getRaster().getSample(x, y, 0) > 0 ? 1 : 0;
      }
    }
    assertThat(seen).as(file + ": pixels with depth").isPositive();
  }

  /** Binary little-endian PLY: the body is as long as the header says. */
  private void meshParses() throws IOException {
    byte[] ply = Files.readAllBytes(folder.resolve("scene.ply"));
    String text = new String(ply, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("end_header\n");
    assertThat(text).startsWith("ply\nformat binary_little_endian 1.0\n");
    assertThat(end).as("end of the PLY header").isPositive();
    Map<String, Long> counts = new TreeMap<>();
    Map<String, Integer> sizes = new TreeMap<>();
    List<String> properties = new ArrayList<>();
    String element = "";
    for (String line : text.substring(0, end).split("\n")) {
      String[] words = line.split(" ");
      if (words[0].equals("element")) {
        element = words[1];
        counts.put(element, Long.parseLong(words[2]));
      } else if (words[0].equals("property") && words[1].equals("list")) {
        sizes.merge(element, size(words[2]) + 3 * size(words[3]), Integer::sum);
      } else if (words[0].equals("property")) {
        sizes.merge(element, size(words[1]), Integer::sum);
        properties.add(words[2]);
      }
    }
    assertThat(counts).as("elements of scene.ply").containsKeys("vertex", "face");
    assertThat(counts.get("face")).as("triangles").isPositive();
    assertThat(properties).contains("x", "y", "z", "red", "green", "blue");
    long body =
        counts.entrySet().stream().mapToLong(e -> e.getValue() * sizes.get(e.getKey())).sum();
    assertThat((long) ply.length).isEqualTo(end + "end_header\n".length() + body);
  }

  private static int size(String type) {
    return switch (type) {
      case "char", "uchar", "int8", "uint8" -> 1;
      case "short", "ushort", "int16", "uint16" -> 2;
      case "int", "uint", "float", "int32", "uint32", "float32" -> 4;
      case "double", "float64" -> 8;
      default -> throw new AssertionError("PLY type " + type);
    };
  }

  private void tilesetParses() throws IOException {
    Path file = folder.resolve("tiles/tileset.json");
    JsonNode tileset = JSON.readTree(file.toFile());
    assertThat(tileset.path("asset").path("version").asText()).isEqualTo("1.1");
    assertThat(tileset.path("geometricError").isNumber()).isTrue();
    JsonNode root = tileset.path("root");
    assertThat(root.path("boundingVolume").path("box")).hasSize(12);
    assertThat(root.path("refine").asText()).isIn("ADD", "REPLACE");
    assertThat(contentsParse(file, root)).as("tiles with content").isPositive();
  }

  /** Follows what a tileset names, other tilesets among it, to the GLBs. */
  private static int contentsParse(Path tileset, JsonNode root) throws IOException {
    errorsShrink(root);
    int found = 0;
    for (JsonNode content : root.findValues("content")) {
      Path file = tileset.resolveSibling(content.path("uri").asText());
      if (file.toString().endsWith(".json")) {
        found += contentsParse(file, JSON.readTree(file.toFile()).path("root"));
      } else {
        glbParses(file);
        found++;
      }
    }
    return found;
  }

  private static void errorsShrink(JsonNode tile) {
    for (JsonNode child : tile.path("children")) {
      assertThat(child.path("geometricError").asDouble())
          .as("a child is not coarser than its parent")
          .isLessThanOrEqualTo(tile.path("geometricError").asDouble());
      errorsShrink(child);
    }
  }

  private static void glbParses(Path file) throws IOException {
    ByteBuffer glb = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(glb.getInt()).as(file + ": magic glTF").isEqualTo(0x46546C67);
    assertThat(glb.getInt()).as(file + ": version").isEqualTo(2);
    assertThat(glb.getInt()).as(file + ": length").isEqualTo(glb.capacity());
    int jsonLength = glb.getInt();
    assertThat(glb.getInt()).as(file + ": first chunk is JSON").isEqualTo(0x4E4F534A);
    byte[] text = new byte[jsonLength];
    glb.get(text);
    int binLength = glb.getInt();
    assertThat(glb.getInt()).as(file + ": second chunk is BIN").isEqualTo(0x004E4942);
    assertThat(glb.remaining()).as(file + ": BIN").isEqualTo(binLength);
    JsonNode json = JSON.readTree(text);
    assertThat(json.path("asset").path("version").asText()).isEqualTo("2.0");
    JsonNode primitive = json.path("meshes").get(0).path("primitives").get(0);
    JsonNode positions =
        json.path("accessors").get(primitive.path("attributes").path("POSITION").asInt());
    assertThat(positions.path("count").asInt()).as(file + ": vertices").isPositive();
    assertThat(positions.path("min")).as("POSITION states its bounds").hasSize(3);
    for (JsonNode view : json.path("bufferViews")) {
      assertThat(view.path("byteOffset").asInt() + view.path("byteLength").asInt())
          .as(file + ": buffer views lie in the buffer")
          .isLessThanOrEqualTo(binLength);
    }
  }

  private void reportIsComplete() throws IOException {
    JsonNode report = report();
    for (String path :
        List.of(
            "/frames/accepted",
            "/frames/fused",
            "/frames/skipped",
            "/frames/rejected",
            "/windows/closed",
            "/windows/reconstructed",
            "/windows/unreconstructable",
            "/model/id",
            "/model/sha256",
            "/model/provider",
            "/model/precision",
            "/scene/version",
            "/scene/digest",
            "/scene/windows")) {
      assertThat(report.at(path).isMissingNode()).as("report.json lacks " + path).isFalse();
    }
    for (String stage : List.of("capture", "windowing", "queue", "reconstruction", "fusion")) {
      percentilesAreMeasured(report, "/latency_ms/" + stage, "p50", "p95", "p99");
    }
    percentilesAreMeasured(report, "/freshness_s", "p50", "p95");
    assertThat(report.at("/frames_per_second").asDouble()).as("frames_per_second").isPositive();
  }

  private static void percentilesAreMeasured(JsonNode report, String path, String... names) {
    double last = 0;
    for (String name : names) {
      JsonNode value = report.at(path + "/" + name);
      assertThat(value.isNumber()).as("report.json has %s/%s", path, name).isTrue();
      assertThat(value.asDouble()).as(path + "/" + name).isPositive().isGreaterThanOrEqualTo(last);
      last = value.asDouble();
    }
  }
}
