package io.lite3r.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.capture.FrameName;
import io.lite3r.capture.FramePreparation;
import io.lite3r.capture.FrameRefused;
import io.lite3r.capture.FrameRequest;
import io.lite3r.capture.View;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Geodetic;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.imaging.ImageLimits;
import io.lite3r.reconstruction.OutOfMemory;
import io.lite3r.reconstruction.Outcome;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.window.WindowView;
import io.lite3r.schemas.scene.FramePriors;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.SceneManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A capture cut into windows and reconstructed once, so that several ways of fusing it can be
 * compared on the same submaps.
 *
 * @param truth true poses by frame, in the order of the frames; absent where there is none
 * @param positions true places on the earth by frame; absent where there is none
 * @param windows what reconstruction says of each window
 */
record WindowedCapture(
    List<@Nullable Rigid3> truth, List<@Nullable Geodetic> positions, List<WindowOutcome> windows) {

  private record Listed(
      String camera,
      double time,
      Path file,
      @Nullable Rigid3 truth,
      @Nullable Geodetic position,
      @Nullable FramePriors priors,
      @Nullable Intrinsics calibration,
      long sequence) {}

  /**
   * @param views wanted in a window
   * @param shared views a window shares with the one before; rounded up to whole instants of a rig
   * @param told what fusion may know
   */
  static WindowedCapture read(
      Path folder, WindowReconstruction model, int views, int shared, Told told)
      throws IOException {
    List<Listed> frames = list(folder, told);
    int cameras = (int) frames.stream().map(Listed::camera).distinct().count();
    int sharedInstants = Math.max(1, Math.ceilDiv(shared, cameras));
    int instants = Math.max(Math.ceilDiv(views, cameras), sharedInstants + 1);
    int size = instants * cameras;
    int step = (instants - sharedInstants) * cameras;
    List<WindowOutcome> windows = new ArrayList<>();
    int first = 0;
    while (true) {
      int from = Math.max(0, Math.min(first, frames.size() - size));
      int to = Math.min(frames.size(), from + size);
      windows.add(reconstruct(frames.subList(from, to), windows.size(), model));
      if (to == frames.size()) {
        return new WindowedCapture(
            frames.stream().map(Listed::truth).toList(),
            frames.stream().map(Listed::position).toList(),
            windows);
      }
      first = from + step;
    }
  }

  private static List<Listed> list(Path folder, Told told) throws IOException {
    JsonNode json = new ObjectMapper().readTree(folder.resolve("cameras.json").toFile());
    List<Listed> frames = new ArrayList<>();
    for (JsonNode frame : json.path("frames")) {
      JsonNode pose = frame.path("T_world_camera");
      frames.add(
          new Listed(
              frame.path("camera").asText("cam0"),
              frame.path("timestamp").asDouble(frames.size()),
              folder.resolve(frame.get("file").asText()),
              pose.isArray() ? Told.rigid(pose) : null,
              position(frame.path("gps")),
              told.of(json, frame, frames.size()),
              told.calibration(json, frame),
              frames.size()));
    }
    // Stable: frames without a time keep the order of the list.
    List<Listed> byTime =
        frames.stream()
            .sorted(Comparator.comparingDouble(Listed::time).thenComparing(Listed::camera))
            .toList();
    List<Listed> numbered = new ArrayList<>();
    for (Listed f : byTime) {
      numbered.add(
          new Listed(
              f.camera(),
              f.time(),
              f.file(),
              f.truth(),
              f.position(),
              f.priors(),
              f.calibration(),
              numbered.size()));
    }
    return numbered;
  }

  private static @Nullable Geodetic position(JsonNode gps) {
    return gps.isObject()
        ? new Geodetic(
            gps.path("lat").asDouble(), gps.path("lon").asDouble(), gps.path("alt_m").asDouble())
        : null;
  }

  private static WindowOutcome reconstruct(
      List<Listed> frames, int number, WindowReconstruction model) throws IOException {
    FramePreparation preparation = new FramePreparation(ImageLimits.DEFAULT, 64 << 20);
    List<WindowView> views = new ArrayList<>();
    List<WindowOutcome.Source> sources = new ArrayList<>();
    for (Listed frame : frames) {
      try {
        var prepared =
            preparation.prepare(
                new FrameRequest(
                    FrameName.of("bench", "bench", frame.camera(), frame.sequence()),
                    0,
                    List.of(),
                    null,
                    null,
                    null,
                    null,
                    false,
                    ""),
                Files.readAllBytes(frame.file()));
        View view = prepared.view();
        views.add(
            new WindowView(
                frame.file().toString(),
                view.jpeg(),
                view.width(),
                view.height(),
                view.originalFromView(),
                null));
        sources.add(
            new WindowOutcome.Source(
                frame.camera(),
                frame.sequence(),
                Math.round(1e9 * frame.time()),
                0,
                frame.file().getFileName().toString(),
                prepared.header().width(),
                prepared.header().height(),
                frame.priors(),
                frame.calibration()));
      } catch (FrameRefused e) {
        throw new IOException(frame.file() + ": " + e.getMessage(), e);
      }
    }
    return new WindowOutcome(
        number,
        number,
        "window-" + number,
        "outcome-" + number,
        "capture",
        new SceneManifest.Model("bench", ""),
        sources,
        result(outcome(model, views)));
  }

  static Outcome outcome(WindowReconstruction model, List<WindowView> views) throws IOException {
    try {
      return model.reconstruct(model.prepare(views));
    } catch (OutOfMemory e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  static WindowOutcome.Result result(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Unreconstructable none -> new WindowOutcome.NoGeometry(none.detail());
      case Outcome.Reconstructed r ->
          new WindowOutcome.Geometry(
              r.views().stream()
                  .map(
                      v ->
                          new WindowOutcome.View(
                              new SubmapView(
                                  v.geometry().depth(),
                                  v.geometry().confidence(),
                                  v.rgb(),
                                  v.geometry().intrinsics(),
                                  v.geometry().submapFromCamera()),
                              v.originalFromDepth(),
                              v.geometry().meanConfidence()))
                  .toList(),
              new ObjectRef("", 0, "", ""));
    };
  }
}
