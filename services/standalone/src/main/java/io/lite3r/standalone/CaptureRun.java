package io.lite3r.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lite3r.capture.CaptureUnreadable;
import io.lite3r.capture.edge.CapturePlayer;
import io.lite3r.capture.edge.PlayOptions;
import io.lite3r.capture.edge.PlayResult;
import io.lite3r.objects.ObjectStore;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.schemas.scene.ObjectRef;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.security.KafkaConnection;
import io.lite3r.standalone.export.PublishedScene;
import io.lite3r.standalone.export.RegistrationJson;
import io.lite3r.standalone.export.SceneExport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/**
 * One capture through the running chain: play, wait until every frame has ended and the scene is
 * published, export, report.
 */
final class CaptureRun {
  /**
   * How long the chain may be silent before a run gives up; a slow model on a slow machine takes
   * seconds for a window.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What of a capture's own knowledge the pipeline may use. */
  record Priors(boolean intrinsics, boolean rig, boolean poses, boolean ignoreGps) {}

  /** What a run leaves behind. */
  record Result(RunReport report, PublishedScene scene, Path out) {
    /** What a person wants to know, in a few lines. */
    String summary() {
      SceneManifest manifest = scene.manifest();
      return """
      frames     %d accepted, %d fused%s, rejected %s
      scene      version %d, %d windows, %d triangles in %d tiles, digest %s
      unit       %s
      speed      %s frames per second; fresh after %s s (95 %%: %s s)\
      """
          .formatted(
              report.accepted().size(),
              report.fused(),
              report.skipped() == 0 ? "" : ", %d skipped".formatted(report.skipped()),
              report.rejected().isEmpty() ? "none" : report.rejected(),
              manifest.version(),
              manifest.windows(),
              manifest.tiles().stream().mapToLong(SceneManifest.Tile::triangles).sum(),
              manifest.tiles().size(),
              manifest.digest().substring(0, 16),
              unit(manifest.registration()),
              number(report.framesPerSecond()),
              number(report.freshness().at(0.5)),
              number(report.freshness().at(0.95)));
    }

    private static String number(OptionalDouble value) {
      return value.isPresent() ? "%.1f".formatted(value.getAsDouble()) : "-";
    }

    private static String unit(@Nullable Registration registration) {
      return registration == null
          ? "scene: nothing that was given ties it to metres"
          : RegistrationJson.sentence(registration);
    }
  }

  private final Path capture;
  private final String scene;
  private final Path out;
  private final Priors priors;
  private final boolean realtime;
  private final PrintStream words;
  private final Progress progress;

  /**
   * Reads the capture's list at once: what is no capture is told before anything is started for it.
   *
   * @param words where progress is told
   * @throws CaptureUnreadable when the folder or the scene's name cannot be used
   * @throws BadUsage when results cannot be written to {@code out}
   */
  CaptureRun(
      Path capture, String scene, Path out, Priors priors, boolean realtime, PrintStream words) {
    this.capture = capture;
    this.scene = scene;
    this.out = out;
    this.priors = priors;
    this.realtime = realtime;
    this.words = words;
    this.progress = new Progress(words);
    CapturePlayer.requirePlayable(capture, scene, options());
    if (out.equals(capture)) {
      throw new BadUsage("--out %s is the capture itself; name another folder".formatted(out));
    }
    try {
      SceneExport.clear(Files.createDirectories(out));
    } catch (IOException e) {
      throw new BadUsage("--out %s cannot be written to: %s".formatted(out, e));
    }
  }

  /**
   * @throws IllegalStateException when frames did not end, the scene was not published, or nothing
   *     of it could be fused
   */
  Result execute(Pipeline.Services services, Path data) throws Exception {
    var connection = KafkaConnection.properties(ConfigProvider.getConfig());
    try (RunLedger ledger = new RunLedger(scene, connection)) {
      PlayResult played =
          services
              .player()
              .play(
                  capture,
                  scene,
                  options(),
                  p ->
                      progress.show(
                          "playing    %d of %d images"
                              .formatted(p.accepted() + p.rejected(), p.total())));
      progress.done(
          "played     %d images: %d accepted, %d refused"
              .formatted(
                  played.accepted().size() + played.rejected().size(),
                  played.accepted().size(),
                  played.rejected().size()));
      played.rejected().forEach(r -> words.printf("  refused  %s: %s%n", r.source(), r.detail()));
      if (played.accepted().isEmpty()) {
        throw new BadUsage("no image of %s could be used".formatted(capture));
      }
      tellRepeats(played);
      await(ledger, played);
      PublishedScene published = published(services.objects());
      RunReport report = report(services, ledger, played, published);
      progress.show("writing    " + out);
      SceneExport.write(out, published, played.capture(), played.cameras());
      writeReport(report);
      requireUsable(report);
      progress.done("wrote      " + out);
      return new Result(report, published, out);
    }
  }

  /** Frames that were here before have no effect: their windows keep the outcomes they had. */
  private void tellRepeats(PlayResult played) {
    long repeats = played.accepted().stream().filter(PlayResult.Accepted::duplicate).count();
    if (repeats > 0) {
      words.printf(
          "repeated   %d of these frames were in --data before and have no effect; another model or"
              + " voxel size wants another scene or --data%n",
          repeats);
    }
  }

  private PlayOptions options() {
    return new PlayOptions(
        null,
        realtime ? PlayOptions.Rate.REALTIME : PlayOptions.Rate.MAX,
        priors.intrinsics(),
        priors.rig(),
        priors.poses(),
        priors.ignoreGps());
  }

  private void await(RunLedger ledger, PlayResult played) throws InterruptedException {
    List<FrameId> accepted = played.acceptedIds();
    while (!(ledger.allTerminal(accepted) && ledger.published(played.capture()))) {
      long windows = ledger.windows().size();
      progress.show(
          "pipeline   %d windows reconstructed, %d of %d frames ended, version %d"
              .formatted(
                  windows, ledger.terminal(accepted), accepted.size(), ledger.versions().size()));
      if (ledger.quiet().compareTo(PATIENCE) > 0) {
        throw new IllegalStateException(
            "nothing happened for %d s: %d of %d frames ended, %d windows have an outcome, capture %s; see logs/services.log in --data"
                .formatted(
                    PATIENCE.toSeconds(),
                    ledger.terminal(accepted),
                    accepted.size(),
                    windows,
                    ledger.windowCount(played.capture()) == null ? "still open" : "closed"));
      }
      Thread.sleep(50);
    }
    progress.done(
        "pipeline   %d windows, %d frames, all ended"
            .formatted(ledger.windows().size(), accepted.size()));
  }

  private PublishedScene published(ObjectStore objects) {
    SceneHead head =
        SceneJson.readHead(
            objects
                .get(SceneKeys.head(scene))
                .orElseThrow(
                    () ->
                        new IllegalStateException(
                            "scene %s is not in the object store: none of its frames could be fused, or it was deleted and these frames, delivered before, do not bring it back; take another scene name or --data"
                                .formatted(scene)))
                .bytes());
    SceneManifest manifest =
        SceneJson.readManifest(bytes(objects, head.manifest()))
            .withTiles(ref -> bytes(objects, ref));
    return PublishedScene.read(manifest, ref -> bytes(objects, ref));
  }

  private static byte[] bytes(ObjectStore objects, ObjectRef ref) {
    return objects
        .get(ref.key())
        .orElseThrow(() -> new IllegalStateException("object %s is missing".formatted(ref.key())))
        .bytes();
  }

  private RunReport report(
      Pipeline.Services services, RunLedger ledger, PlayResult played, PublishedScene published) {
    Map<String, Long> refused = new LinkedHashMap<>();
    played
        .rejected()
        .forEach(
            r ->
                refused.merge(
                    r.reason().name().replace("REJECTION_REASON_", "").toLowerCase(Locale.ROOT),
                    1L,
                    Long::sum));
    // What the scene was made with; a scene without windows was made with nothing.
    Contract served = services.model().contract();
    SceneManifest.Model model =
        published.manifest().models().isEmpty()
            ? new SceneManifest.Model(served.id(), served.sha256())
            : published.manifest().models().getFirst();
    Map<String, Object> modelJson = new LinkedHashMap<>();
    modelJson.put("id", model.id());
    modelJson.put("sha256", model.sha256());
    modelJson.put("provider", services.model().provider().configName());
    modelJson.put(
        "precision",
        model.sha256().equals(served.sha256()) ? served.precision().contractName() : "unknown");
    return new RunReport(
        played.capture(),
        played.acceptedIds(),
        played.accepted().stream().filter(a -> !a.duplicate()).map(a -> a.tookNs()).toList(),
        refused,
        ledger.outcomes(),
        ledger.windows().stream().filter(w -> w.getCapture().equals(played.capture())).toList(),
        Objects.requireNonNullElse(ledger.windowCount(played.capture()), 0L),
        ledger.versions(),
        published.manifest(),
        published.windows().stream().filter(w -> w.capture().equals(played.capture())).toList(),
        modelJson);
  }

  private void writeReport(RunReport report) throws IOException {
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(out.resolve("report.json").toFile(), report.json());
  }

  private void requireUsable(RunReport report) {
    if (report.fused() == 0) {
      throw new IllegalStateException(
          "no frame could be fused: rejected %s, windows %s; see %s"
              .formatted(
                  report.rejected(), report.json().get("windows"), out.resolve("report.json")));
    }
  }
}
