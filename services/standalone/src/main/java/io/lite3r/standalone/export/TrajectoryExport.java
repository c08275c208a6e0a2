package io.lite3r.standalone.export;

import io.lite3r.geometry.Rigid3;
import io.lite3r.standalone.export.PublishedScene.BestFrame;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * TUM trajectories: lines {@code timestamp tx ty tz qx qy qz qw}, camera to world, scalar last.
 * {@code trajectory.txt} for one camera, {@code trajectory-<camera>.txt} each for several.
 */
public final class TrajectoryExport {
  private TrajectoryExport() {}

  public static void write(Path folder, PublishedScene scene, List<BestFrame> frames)
      throws IOException {
    Map<String, List<BestFrame>> byCamera =
        frames.stream()
            .collect(
                Collectors.groupingBy(b -> b.frame().camera(), TreeMap::new, Collectors.toList()));
    for (var camera : byCamera.entrySet()) {
      String name =
          byCamera.size() == 1 ? "trajectory.txt" : "trajectory-%s.txt".formatted(camera.getKey());
      Files.write(
          folder.resolve(name),
          camera.getValue().stream().map(best -> line(best, scene.worldFromCamera(best))).toList());
    }
  }

  private static String line(BestFrame best, Rigid3 worldFromCamera) {
    return String.format(
        Locale.ROOT,
        "%s %.9f %.9f %.9f %.9f %.9f %.9f %.9f",
        BigDecimal.valueOf(best.frame().captureTimeNs(), 9).toPlainString(),
        worldFromCamera.translation().x(),
        worldFromCamera.translation().y(),
        worldFromCamera.translation().z(),
        worldFromCamera.rotation().x(),
        worldFromCamera.rotation().y(),
        worldFromCamera.rotation().z(),
        worldFromCamera.rotation().w());
  }
}
