package io.lite3r.console.edge;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lite3r.geometry.Intrinsics;
import io.lite3r.geometry.Rigid3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Where each camera was: one entry for every fused frame, from the window that represents it. */
record Trajectory(String scene, long version, List<Path> cameras) {

  /** One camera's frames, by capture and sequence. */
  record Path(String camera, List<Pose> frames) {}

  /**
   * One frame.
   *
   * @param window number of the window that represents it
   * @param timeMs capture time, milliseconds
   * @param k fx, fy, cx, cy in pixels of the original image, corner origin
   * @param matrix sceneFromCamera, 4 x 4 row by row, scene units
   */
  record Pose(
      String capture,
      long sequence,
      long window,
      double timeMs,
      int width,
      int height,
      @JsonProperty("K") List<Double> k,
      @JsonProperty("T_scene_camera") double[] matrix) {}

  static Trajectory of(String scene, long version, List<WindowList> windows) {
    TreeMap<String, List<Pose>> byCamera = new TreeMap<>();
    for (WindowList list : windows) {
      for (WindowEntry window : list.windows()) {
        for (FrameEntry frame : window.frames()) {
          Rigid3 pose = frame.sceneFromCamera();
          Intrinsics camera = frame.intrinsics();
          if (frame.best() && pose != null && camera != null) {
            byCamera
                .computeIfAbsent(frame.camera(), name -> new ArrayList<>())
                .add(pose(window, frame, pose, camera));
          }
        }
      }
    }
    Comparator<Pose> order = Comparator.comparing(Pose::capture).thenComparing(Pose::sequence);
    return new Trajectory(
        scene,
        version,
        byCamera.entrySet().stream()
            .map(
                entry -> new Path(entry.getKey(), entry.getValue().stream().sorted(order).toList()))
            .toList());
  }

  private static Pose pose(WindowEntry window, FrameEntry frame, Rigid3 pose, Intrinsics camera) {
    return new Pose(
        window.capture(),
        frame.sequence(),
        window.number(),
        frame.captureTimeNs() / 1e6,
        camera.width(),
        camera.height(),
        List.of(camera.fx(), camera.fy(), camera.cx(), camera.cy()),
        pose.matrix());
  }
}
