package io.lite3r.standalone;

import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.v1.FrameId;
import io.lite3r.schemas.v1.FrameOutcome;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.SceneUpdate;
import io.lite3r.standalone.export.RegistrationJson;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code report.json}: what became of every frame and window of a run, how long each stage took,
 * and what was published. Made from records and the manifest alone.
 *
 * @param accepted the frames that capture accepted in this run
 * @param captureNs how long capture took for each of them that was new, nanoseconds
 * @param refused images that capture refused, by reason
 * @param windows the capture's windows that have an outcome
 * @param closed how many windows the capture has by its own end
 */
record RunReport(
    String capture,
    List<FrameId> accepted,
    List<Long> captureNs,
    Map<String, Long> refused,
    Map<FrameId, FrameOutcome> outcomes,
    List<Reconstruction> windows,
    long closed,
    List<SceneUpdate> versions,
    SceneManifest manifest,
    List<WindowEntry> entries,
    Map<String, Object> model) {

  long fused() {
    return count(FrameOutcome.OutcomeCase.FUSED);
  }

  long skipped() {
    return count(FrameOutcome.OutcomeCase.SKIPPED);
  }

  /** Accepted frames that ended rejected, and images refused at the door, by reason. */
  Map<String, Long> rejected() {
    Map<String, Long> byReason = new TreeMap<>(refused);
    for (FrameId frame : accepted) {
      FrameOutcome outcome = outcomes.get(frame);
      if (outcome != null && outcome.hasRejected()) {
        byReason.merge(
            outcome
                .getRejected()
                .getReason()
                .name()
                .replace("REJECTION_REASON_", "")
                .toLowerCase(java.util.Locale.ROOT),
            1L,
            Long::sum);
      }
    }
    return byReason;
  }

  /**
   * Frames over the time from the first acceptance to the last terminal outcome; absent when that
   * is no time.
   */
  OptionalDouble framesPerSecond() {
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (FrameId frame : accepted) {
      FrameOutcome outcome = outcomes.get(frame);
      if (outcome != null) {
        first = Math.min(first, outcome.getAcceptedAtNs());
        last = Math.max(last, outcome.getAtNs());
      }
    }
    return last > first
        ? OptionalDouble.of(accepted.size() / ((last - first) / 1e9))
        : OptionalDouble.empty();
  }

  /** Seconds from acceptance to the publication of the version that first holds the frame. */
  Percentiles freshness() {
    Map<Long, Long> publishedAt =
        versions.stream()
            .collect(Collectors.toMap(SceneUpdate::getVersion, SceneUpdate::getPublishedAtNs));
    return new Percentiles(
        accepted.stream()
            .map(outcomes::get)
            .filter(
                o ->
                    o != null && o.hasFused() && publishedAt.containsKey(o.getFused().getVersion()))
            .mapToDouble(
                o ->
                    (Objects.requireNonNull(publishedAt.get(o.getFused().getVersion()))
                            - o.getAcceptedAtNs())
                        / 1e9));
  }

  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("capture", capture);
    Map<String, Object> frames = new LinkedHashMap<>();
    frames.put("accepted", accepted.size());
    frames.put("fused", fused());
    frames.put("skipped", skipped());
    frames.put("rejected", rejected());
    json.put("frames", frames);
    json.put("windows", windowCounts());
    json.put("latency_ms", latencies());
    json.put("freshness_s", freshness().json(50, 95));
    OptionalDouble speed = framesPerSecond();
    json.put(
        "frames_per_second",
        speed.isPresent() ? Math.round(speed.getAsDouble() * 100) / 100.0 : null);
    json.put("model", model);
    Map<String, Object> scene = new LinkedHashMap<>();
    scene.put("name", manifest.scene());
    scene.put("version", manifest.version());
    scene.put("digest", manifest.digest());
    scene.put("windows", manifest.windows());
    Registration registration = manifest.registration();
    scene.put("unit", registration == null ? manifest.unit() : "metre");
    scene.put(
        "voxel_size",
        manifest.voxelSize() * (registration == null ? 1 : registration.metricFromScene().scale()));
    if (registration != null) {
      scene.put("registration", RegistrationJson.of(registration));
    }
    json.put("scene", scene);
    return json;
  }

  private Map<String, Object> windowCounts() {
    Map<String, Long> unreconstructable = new TreeMap<>();
    long reconstructed = 0;
    for (Reconstruction window : windows) {
      if (window.hasReconstructed()) {
        reconstructed++;
      } else {
        unreconstructable.merge(
            window
                .getUnreconstructable()
                .getReason()
                .name()
                .replace("UNRECONSTRUCTABLE_REASON_", "")
                .toLowerCase(java.util.Locale.ROOT),
            1L,
            Long::sum);
      }
    }
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("closed", closed);
    counts.put("reconstructed", reconstructed);
    counts.put("unreconstructable", unreconstructable);
    counts.put(
        "unaligned",
        entries.stream().filter(e -> e.status() == WindowEntry.WindowStatus.UNALIGNED).count());
    return counts;
  }

  /**
   * Wall clock of each stage. For a frame: in capture, from the image read until its record is
   * durable. For a window: waiting for its views, for a worker, in the model, and in fusion until
   * published.
   */
  private Map<String, Object> latencies() {
    Map<String, Long> publishedAt = new LinkedHashMap<>();
    entries.forEach(e -> publishedAt.put(e.windowId(), e.publishedAtNs()));
    Map<String, Object> stages = new LinkedHashMap<>();
    stages.put("capture", milliseconds(captureNs.stream().mapToDouble(Long::doubleValue)));
    stages.put(
        "windowing",
        milliseconds(
            windows.stream()
                .mapToDouble(
                    w ->
                        w.getWindowClosedAtNs()
                            - w.getSourcesList().stream()
                                .max(Comparator.comparingLong(s -> s.getAcceptedAtNs()))
                                .orElseThrow()
                                .getAcceptedAtNs())));
    stages.put(
        "queue",
        milliseconds(
            windows.stream().mapToDouble(w -> w.getStartedAtNs() - w.getWindowClosedAtNs())));
    stages.put(
        "reconstruction",
        milliseconds(windows.stream().mapToDouble(w -> w.getFinishedAtNs() - w.getStartedAtNs())));
    stages.put(
        "fusion",
        milliseconds(
            windows.stream()
                .filter(w -> publishedAt.containsKey(w.getWindowId()))
                .mapToDouble(
                    w ->
                        Objects.requireNonNull(publishedAt.get(w.getWindowId()))
                            - w.getFinishedAtNs())));
    return stages;
  }

  private static Map<String, @Nullable Double> milliseconds(
      java.util.stream.DoubleStream nanoseconds) {
    return new Percentiles(nanoseconds.map(ns -> ns / 1e6)).json(50, 95, 99);
  }

  private long count(FrameOutcome.OutcomeCase kind) {
    return accepted.stream()
        .map(outcomes::get)
        .filter(o -> o != null && o.getOutcomeCase() == kind)
        .count();
  }
}
