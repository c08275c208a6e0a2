package io.lite3r.standalone.export;

import io.lite3r.geometry.Rigid3;
import io.lite3r.standalone.export.PublishedScene.BestFrame;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * TUM trajectories: lines {@code timestamp tx ty tz qx qy qz qw}, camera to world, scalar last.
 * {@code trajectory.txt} for a capture of one camera, {@code trajectory-<camera>.txt} each for one
 * of several; without lines when nothing of the camera was fused.
 */
public final class TrajectoryExport {
  private TrajectoryExport() {}

  /**
   * @param cameras all cameras of the capture
   */
  public static void write(
      Path folder, PublishedScene scene, Collection<String> cameras, List<BestFrame> frames)
      throws IOException {
    for (String camera : cameras) {
      String name = cameras.size() == 1 ? "trajectory.txt" : "trajectory-%s.txt".formatted(camera);
      Files.write(
          folder.resolve(name),
          frames.stream()
              .filter(best -> best.frame().camera().equals(camera))
              .map(best -> line(best, scene.worldFromCamera(best)))
              .toList());
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
