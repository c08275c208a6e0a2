package io.lite3r.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.align.Aligner;
import io.lite3r.fusion.align.DenseAligner;
import io.lite3r.fusion.align.JointAligner;
import io.lite3r.fusion.align.PoseAnchored;
import io.lite3r.fusion.mesh.Mesh;
import io.lite3r.fusion.mesh.PlyWriter;
import io.lite3r.fusion.mesh.SurfaceNets;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.geometry.Rigid3;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.edge.ModelFolder;
import io.lite3r.reconstruction.edge.OnnxReconstructor;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Pose-anchored, dense and joint alignment on the same submaps of a capture with refined poses, and
 * the first with the model's own, against its true poses: one JSON line for each.
 */
public final class AlignmentBench {
  private static final List<FusionRules> WAYS =
      List.of(
          FusionRules.SERVED,
          rules(true, new DenseAligner()),
          rules(true, new JointAligner()),
          rules(false, new PoseAnchored()));

  private AlignmentBench() {}

  private static FusionRules rules(boolean refined, Aligner aligner) {
    return new FusionRules(
        refined,
        aligner,
        FusionRules.SERVED.gate(),
        FusionRules.SERVED.voxelSize(),
        FusionRules.SERVED.truncationVoxels());
  }

  /**
   * @param told what of the capture's own knowledge fusion may use
   * @param ply folder for the surface of each way; null: nowhere
   */
  public static void run(
      Path capture,
      Path modelFolder,
      int views,
      int shared,
      int threads,
      Told told,
      @Nullable Path ply,
      PrintStream out)
      throws IOException {
    ModelFolder model = ModelFolder.read(modelFolder);
    WindowedCapture windowed;
    try (OnnxReconstructor network = new OnnxReconstructor(model, threads)) {
      windowed =
          WindowedCapture.read(
              capture, new WindowReconstruction(model.contract(), network), views, shared, told);
    }
    try (Parallel parallel = new Parallel(threads)) {
      for (FusionRules rules : WAYS) {
        FusedScene scene = new FusedScene(rules, new Integrator(parallel));
        long start = System.nanoTime();
        int moved = 0;
        for (WindowOutcome window : windowed.windows()) {
          scene.apply(window);
          moved += scene.settle(entry -> planes(windowed, entry));
        }
        scene.captureEnded("capture", windowed.windows().size());
        moved += scene.settle(entry -> planes(windowed, entry));
        double ms = (System.nanoTime() - start) / 1e6 / windowed.windows().size();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("bench", "align");
        line.put("capture", capture.getFileName().toString());
        line.put("model", model.contract().id());
        line.put("views", views);
        line.put("shared", shared);
        line.put("method", rules.aligner().name());
        line.put("refined", rules.refined());
        describe(scene, windowed, line);
        line.put("fuse_ms_per_window", rounded(ms));
        line.put("moves", moved);
        Registration registration = scene.registration();
        if (registration != null) {
          line.put(
              "registration",
              new RegistrationErrors(registration, windowed, told).of(scene.windows()));
        }
        out.println(new ObjectMapper().writeValueAsString(line));
        if (ply != null) {
          Files.write(
              ply.resolve(
                  "%s-%s%s.ply"
                      .formatted(
                          capture.getFileName(),
                          rules.aligner().name(),
                          rules.refined() ? "" : "-unrefined")),
              PlyWriter.write(surface(scene)));
        }
      }
    }
  }

  static void describe(FusedScene scene, WindowedCapture windowed, Map<String, Object> line) {
    List<Rigid3> found = new ArrayList<>();
    List<Rigid3> truth = new ArrayList<>();
    for (WindowEntry window : scene.windows()) {
      for (FrameEntry frame : window.frames()) {
        Rigid3 known = windowed.truth().get((int) frame.sequence());
        Rigid3 pose = frame.sceneFromCamera();
        if (frame.best() && known != null && pose != null) {
          found.add(pose);
          truth.add(known);
        }
      }
    }
    line.put("windows", scene.windows().size());
    line.put(
        "fused_windows",
        scene.windows().stream().filter(w -> w.status() == WindowStatus.FUSED).count());
    line.put(
        "chains",
        scene.windows().stream()
            .filter(w -> w.status() == WindowStatus.FUSED)
            .mapToLong(WindowEntry::chain)
            .distinct()
            .count());
    line.put("frames", found.size());
    if (found.size() > 2) {
      PoseErrors errors = PoseErrors.of(found, truth);
      line.put("ate", rounded(errors.ate()));
      line.put("ate_percent_of_spread", rounded(100 * errors.ate() / errors.spread()));
      line.put("auc30", rounded(errors.auc30()));
    }
    line.put(
        "inlier_ratio",
        rounded(
            scene.windows().stream()
                .map(WindowEntry::alignment)
                .filter(Objects::nonNull)
                .mapToDouble(q -> q.inlierRatio())
                .average()
                .orElse(0)));
  }

  private static List<SubmapView> planes(WindowedCapture capture, WindowEntry entry) {
    return ((WindowOutcome.Geometry) capture.windows().get((int) entry.number()).result()).planes();
  }

  private static Mesh surface(FusedScene scene) {
    Mesh all = new Mesh();
    Volume volume = scene.volume();
    if (volume != null) {
      volume.tiles().forEach(tile -> all.addAll(SurfaceNets.extract(volume, tile)));
    }
    return all;
  }

  static double rounded(double value) {
    return Math.round(10_000 * value) / 10_000.0;
  }
}
