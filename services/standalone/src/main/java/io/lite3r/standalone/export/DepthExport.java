package io.lite3r.standalone.export;

import io.lite3r.schemas.SubmapObject;
import io.lite3r.standalone.export.PublishedScene.BestFrame;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferUShort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;

/**
 * {@code depth/<camera>/<stem>.png}: 16-bit greyscale, value x depth scale = z-depth in the unit of
 * cameras.json, at the model's resolution; 0 is none. One scale for the whole scene, so that images
 * can be compared. It reaches {@link #MARGIN} times as far as any image's depth but its farthest
 * thousandth; what lies beyond is none: a single stray pixel must not cost all others their steps.
 */
public final class DepthExport {
  private static final int LARGEST = 65_535;
  private static final double NEARLY_ALL = 0.999;
  private static final double MARGIN = 1.5;

  private DepthExport() {}

  static String fileName(BestFrame best) {
    return "depth/%s/%s.png".formatted(best.frame().camera(), best.stem());
  }

  /**
   * Writes one image for each frame.
   *
   * @return the depth scale: units per step
   */
  public static double write(Path folder, PublishedScene scene, List<BestFrame> frames)
      throws IOException {
    // A submap holds several frames; each is read once.
    Map<String, SubmapObject> submaps = new LinkedHashMap<>();
    double deepest = 0;
    for (BestFrame best : frames) {
      SubmapObject submap =
          submaps.computeIfAbsent(
              best.window().windowId(),
              id ->
                  SubmapObject.decode(
                      scene.bytes().apply(Objects.requireNonNull(best.window().submap()))));
      float[] sorted = best.depth(submap).clone();
      Arrays.sort(sorted);
      double far = sorted[(int) (NEARLY_ALL * (sorted.length - 1))];
      deepest =
          Math.max(
              deepest, Math.min(MARGIN * far, sorted[sorted.length - 1]) * scene.depthScale(best));
    }
    double depthScale = deepest > 0 ? deepest / LARGEST : 1;
    for (BestFrame best : frames) {
      SubmapObject submap = Objects.requireNonNull(submaps.get(best.window().windowId()));
      Path file = folder.resolve(fileName(best));
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      ImageIO.write(
          image(submap, best.depth(submap), scene.depthScale(best) / depthScale),
          "png",
          file.toFile());
    }
    return depthScale;
  }

  private static BufferedImage image(SubmapObject submap, float[] values, double stepsPerUnit) {
    BufferedImage image =
        new BufferedImage(submap.width(), submap.height(), BufferedImage.TYPE_USHORT_GRAY);
    short[] pixels = ((DataBufferUShort) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < values.length; i++) {
      long steps = Math.round(values[i] * stepsPerUnit);
      pixels[i] = (short) (steps > LARGEST ? 0 : steps);
    }
    return image;
  }
}
