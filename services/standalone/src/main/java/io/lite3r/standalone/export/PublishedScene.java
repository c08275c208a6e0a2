package io.lite3r.standalone.export;

import io.lite3r.geometry.DepthField;
import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.SubmapObject;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.ViewRefinement;
import io.lite3r.schemas.scene.WindowEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * One version of a scene with its windows, and a way to read its objects.
 *
 * @param manifest the version
 * @param windows all its windows, by number
 * @param bytes reads an object, checked by its SHA-256
 */
public record PublishedScene(
    SceneManifest manifest, List<WindowEntry> windows, Function<ObjectRef, byte[]> bytes) {

  /** A frame in the window that represents it. */
  public record BestFrame(WindowEntry window, FrameEntry frame) {
    /** The name of files derived from the frame: the source's, or the sequence when it had none. */
    public String stem() {
      String name = frame.sourceName();
      if (name.isEmpty()) {
        return "%06d".formatted(frame.sequence());
      }
      String last = name.substring(name.replace('\\', '/').lastIndexOf('/') + 1);
      int dot = last.lastIndexOf('.');
      return dot > 0 ? last.substring(0, dot) : last;
    }

    /**
     * The frame's depth as it was fused, submap units, 0 = none.
     *
     * @param submap that of the window
     */
    public float[] depth(SubmapObject submap) {
      float[] stored = submap.views().get(frame.viewIndex()).depth();
      ViewRefinement refinement = frame.refinement();
      DepthField field = refinement == null ? null : refinement.depth();
      return field == null ? stored : field.corrected(stored, submap.width());
    }

    public double scale() {
      return Objects.requireNonNull(window.sceneFromSubmap()).scale();
    }
  }

  public static PublishedScene read(SceneManifest manifest, Function<ObjectRef, byte[]> bytes) {
    List<WindowEntry> windows = new ArrayList<>();
    for (SceneManifest.WindowChunk chunk : manifest.windowChunks()) {
      windows.addAll(SceneJson.readWindows(bytes.apply(chunk.object())).windows());
    }
    windows.sort(Comparator.comparingLong(WindowEntry::number));
    return new PublishedScene(manifest, List.copyOf(windows), bytes);
  }

  /**
   * From the scene to the space that exports speak in: metres when something metric ties the scene,
   * else the scene itself.
   */
  public Sim3 worldFromScene() {
    Registration registration = manifest.registration();
    return registration == null ? Sim3.IDENTITY : registration.metricFromScene();
  }

  /** Unit of lengths in that space: {@code metre} or {@code scene}. */
  public String unit() {
    return manifest.registration() == null ? manifest.unit() : "metre";
  }

  /** A frame's pose in that space. */
  public Rigid3 worldFromCamera(BestFrame best) {
    return worldFromScene().carry(Objects.requireNonNull(best.frame().sceneFromCamera()));
  }

  /** What a frame's depth is to be multiplied with to be in that space's unit. */
  public double depthScale(BestFrame best) {
    return worldFromScene().scale() * best.scale();
  }

  /** Every fused frame of a capture once, by camera, then by sequence. */
  public List<BestFrame> bestFrames(String capture) {
    List<BestFrame> best = new ArrayList<>();
    for (WindowEntry window : windows) {
      if (window.capture().equals(capture)) {
        for (FrameEntry frame : window.frames()) {
          if (frame.best()) {
            best.add(new BestFrame(window, frame));
          }
        }
      }
    }
    best.sort(
        Comparator.comparing((BestFrame b) -> b.frame().camera())
            .thenComparingLong(b -> b.frame().sequence()));
    return best;
  }
}
