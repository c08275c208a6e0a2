package io.lite3r.standalone.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lite3r.geometry.Affine2;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.ViewRefinement;
import io.lite3r.standalone.export.PublishedScene.BestFrame;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * {@code cameras.json}: the capture layout with what was estimated, so that a result can be read by
 * whatever reads a capture.
 */
public final class CamerasExport {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private CamerasExport() {}

  /**
   * @param depthScale units per step of the 16-bit depth images
   */
  public static void write(
      Path folder, PublishedScene scene, List<BestFrame> frames, double depthScale)
      throws IOException {
    Map<String, Object> top = new LinkedHashMap<>();
    top.put("name", scene.manifest().scene());
    top.put("units", scene.unit());
    top.put("depth_scale", depthScale);
    top.put("pixel_origin", "corner");
    top.put("axes", "opencv");
    Registration registration = scene.manifest().registration();
    if (registration != null) {
      top.put("registration", RegistrationJson.of(registration));
    }
    List<Object> entries = new ArrayList<>();
    for (BestFrame best : frames) {
      entries.add(entry(best, scene.worldFromCamera(best)));
    }
    top.put("frames", entries);
    MAPPER.writeValue(folder.resolve("cameras.json").toFile(), top);
  }

  private static Map<String, Object> entry(BestFrame best, Rigid3 worldFromCamera) {
    Intrinsics depthCamera = Objects.requireNonNull(best.frame().depthIntrinsics());
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put(
        "file", best.frame().sourceName().isEmpty() ? best.stem() : best.frame().sourceName());
    entry.put("camera", best.frame().camera());
    entry.put("sequence", best.frame().sequence());
    entry.put("timestamp", BigDecimal.valueOf(best.frame().captureTimeNs(), 9));
    entry.put("width", best.frame().originalWidth());
    entry.put("height", best.frame().originalHeight());
    entry.put("K", k(Objects.requireNonNull(best.frame().intrinsics())));
    ViewRefinement refinement = best.frame().refinement();
    if (refinement != null) {
      entry.put("focal_sigma", refinement.focal().logSigma());
    }
    entry.put("distortion", null);
    entry.put("T_world_camera", pose(worldFromCamera));
    entry.put("depth_file", DepthExport.fileName(best));
    entry.put("depth_K", k(depthCamera));
    entry.put("depth_size", List.of(depthCamera.width(), depthCamera.height()));
    entry.put("view_to_original", affine(Objects.requireNonNull(best.frame().originalFromDepth())));
    return entry;
  }

  private static List<List<Double>> k(Intrinsics camera) {
    return List.of(
        List.of(camera.fx(), 0.0, camera.cx()),
        List.of(0.0, camera.fy(), camera.cy()),
        List.of(0.0, 0.0, 1.0));
  }

  private static List<List<Double>> pose(Rigid3 worldFromCamera) {
    double[] m = worldFromCamera.matrix();
    List<List<Double>> rows = new ArrayList<>();
    for (int row = 0; row < 4; row++) {
      rows.add(List.of(m[4 * row], m[4 * row + 1], m[4 * row + 2], m[4 * row + 3]));
    }
    return rows;
  }

  private static List<List<Double>> affine(Affine2 map) {
    return List.of(
        List.of(map.m00(), map.m01(), map.m02()), List.of(map.m10(), map.m11(), map.m12()));
  }
}
