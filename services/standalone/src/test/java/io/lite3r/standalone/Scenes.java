package io.lite3r.standalone;

import io.lite3r.geometry.Rigid3;
import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.standalone.export.PublishedScene;
import java.util.ArrayList;
import java.util.List;

/** Published scenes without a surface, for what is written about them. */
public final class Scenes {
  private Scenes() {}

  public static SceneManifest manifest() {
    return new SceneManifest(
        SceneJson.MANIFEST_FORMAT,
        "room",
        1,
        null,
        "00ff",
        "scene",
        0.01,
        17,
        1,
        2,
        1,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null,
        null,
        List.of(),
        null,
        null,
        List.of());
  }

  /** One window of capture {@code run} in which a frame of each camera was fused. */
  public static PublishedScene of(String... fusedCameras) {
    List<FrameEntry> frames = new ArrayList<>();
    for (String camera : fusedCameras) {
      frames.add(
          new FrameEntry(
              camera,
              0,
              1_500_000_000L,
              1,
              "a.jpg",
              frames.size(),
              640,
              480,
              FrameEntry.FrameStatus.FUSED,
              true,
              1,
              Rigid3.IDENTITY,
              Rigid3.IDENTITY,
              null,
              null,
              null,
              null,
              null,
              null));
    }
    WindowEntry window =
        new WindowEntry(
            0,
            0,
            "w",
            "o",
            "run",
            1,
            17,
            WindowEntry.WindowStatus.FUSED,
            null,
            0,
            Sim3.IDENTITY,
            null,
            null,
            null,
            frames,
            null);
    return new PublishedScene(
        manifest(),
        List.of(window),
        ref -> {
          throw new IllegalStateException("nothing is stored");
        });
  }
}
