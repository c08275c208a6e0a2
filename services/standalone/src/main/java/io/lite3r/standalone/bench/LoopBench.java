package io.lite3r.standalone.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.fusion.loop.KeptPicture;
import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.geometry.Rigid3;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.edge.ModelFolder;
import io.lite3r.reconstruction.edge.OnnxReconstructor;
import io.lite3r.reconstruction.window.WindowView;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowLoops;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The same submaps of a capture fused without and with loops, against its true poses: one JSON line
 * for each. Verification windows are made and reconstructed as in the chain, without broker and
 * store.
 */
public final class LoopBench {
  private final WindowedCapture capture;
  private final WindowReconstruction model;
  private final Map<String, WindowOutcome> verifications = new HashMap<>();
  private final List<String> said = new ArrayList<>();
  private double proposeMs;
  private double closeMs;
  private double reconstructMs;

  LoopBench(WindowedCapture capture, WindowReconstruction model) {
    this.capture = capture;
    this.model = model;
  }

  /** Prints a line without loops and one with them. */
  public static void run(
      Path folder, Path modelFolder, int views, int shared, int threads, Told told, PrintStream out)
      throws IOException {
    ModelFolder found = ModelFolder.read(modelFolder);
    try (OnnxReconstructor network = new OnnxReconstructor(found, threads);
        Parallel parallel = new Parallel(threads)) {
      WindowReconstruction model = new WindowReconstruction(found.contract(), network);
      WindowedCapture capture = WindowedCapture.read(folder, model, views, shared, told);
      List<@Nullable LoopRules> ways = new ArrayList<>();
      ways.add(null);
      ways.add(LoopRules.SERVED);
      for (LoopRules loops : ways) {
        LoopBench bench = new LoopBench(capture, model);
        FusedScene scene =
            bench.fuse(FusionRules.SERVED.withLoops(loops), new Integrator(parallel));
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("bench", "loops");
        line.put("capture", folder.getFileName().toString());
        line.put("loops", loops != null);
        AlignmentBench.describe(scene, capture, line);
        bench.describe(scene, line);
        if (loops != null) {
          line.put("looks", new LookErrors(capture, loops).measured());
        }
        out.println(new ObjectMapper().writeValueAsString(line));
      }
    }
  }

  FusedScene fuse(FusionRules rules, Integrator integrator) {
    FusedScene scene = new FusedScene(rules, integrator);
    for (WindowOutcome window : capture.windows()) {
      scene.apply(window);
      scene.loopsDueWith(window.number()).forEach(p -> close(scene, p));
      long start = System.nanoTime();
      WindowLoops.Proposal proposal = scene.proposeLoop(this::planes);
      proposeMs += (System.nanoTime() - start) / 1e6;
      if (proposal != null) {
        start = System.nanoTime();
        verifications.put(proposal.verificationId(), reconstruct(scene, proposal));
        reconstructMs += (System.nanoTime() - start) / 1e6;
      }
      scene.settle(this::planes);
    }
    scene.captureEnded("capture", capture.windows().size());
    scene.loopsBeforeClosing("capture").forEach(p -> close(scene, p));
    scene.settle(this::planes);
    return scene;
  }

  private void close(FusedScene scene, WindowLoops.Proposal proposal) {
    long start = System.nanoTime();
    WindowLoops.Closing closing =
        scene.closeLoop(
            proposal,
            Objects.requireNonNull(verifications.get(proposal.verificationId())),
            this::planes);
    closeMs += (System.nanoTime() - start) / 1e6;
    said.add(
        "%d with %d, %.0f degrees apart in truth: %s"
            .formatted(
                proposal.later(),
                proposal.earlier(),
                LookErrors.turnDeg(
                    truth(scene.window(proposal.earlier()), proposal.earlierViews()),
                    truth(scene.window(proposal.later()), proposal.laterViews())),
                closing.refused() == null ? "tied" : closing.refused()));
  }

  private WindowOutcome reconstruct(FusedScene scene, WindowLoops.Proposal proposal) {
    List<WindowView> views = new ArrayList<>();
    add(scene.window(proposal.earlier()), proposal.earlierViews(), views);
    add(scene.window(proposal.later()), proposal.laterViews(), views);
    WindowOutcome later = capture.windows().get((int) proposal.later());
    List<WindowOutcome.Source> sources = new ArrayList<>();
    views.forEach(v -> sources.add(later.sources().getFirst()));
    try {
      return new WindowOutcome(
          proposal.later(),
          proposal.later(),
          proposal.verificationId(),
          "outcome-" + proposal.verificationId(),
          "capture",
          later.model(),
          sources,
          WindowedCapture.result(WindowedCapture.outcome(model, views)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(WindowEntry entry, List<Integer> indices, List<WindowView> views) {
    List<SubmapView> planes = planes(entry);
    for (int index : indices) {
      FrameEntry frame = entry.frames().get(index);
      SubmapView view = planes.get(index);
      views.add(
          new WindowView(
              frame.sourceName(),
              KeptPicture.jpeg(view),
              view.width(),
              view.height(),
              Objects.requireNonNull(frame.originalFromDepth()),
              null));
    }
  }

  private @Nullable Rigid3 truth(WindowEntry entry, List<Integer> views) {
    return capture.truth().get((int) entry.frames().get(views.getFirst()).sequence());
  }

  private List<SubmapView> planes(WindowEntry entry) {
    return ((WindowOutcome.Geometry) capture.windows().get((int) entry.number()).result()).planes();
  }

  void describe(FusedScene scene, Map<String, Object> line) {
    List<WindowLoops.Closing> closed =
        scene.windows().stream().flatMap(w -> w.closedLoops().stream()).toList();
    long ties = closed.stream().filter(c -> c.tie() != null).count();
    line.put("proposed", closed.size());
    line.put("tied", ties);
    line.put("refused", closed.size() - ties);
    int windows = scene.windows().size();
    line.put("look_ms_per_window", AlignmentBench.rounded(proposeMs / windows));
    line.put(
        "reconstruct_ms_per_verification",
        AlignmentBench.rounded(reconstructMs / Math.max(1, closed.size())));
    line.put(
        "verify_ms_per_verification", AlignmentBench.rounded(closeMs / Math.max(1, closed.size())));
    line.put("verifications", said);
    line.put("digest", scene.digest());
  }
}
