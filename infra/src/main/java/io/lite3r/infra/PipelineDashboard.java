package io.lite3r.infra;

import static io.lite3r.infra.Dashboard.panel;
import static io.lite3r.infra.Dashboard.query;
import static io.lite3r.infra.Dashboard.row;

import io.lite3r.telemetry.Names;
import java.util.List;

/** Frames in, versions out: does it flow, where does it wait, what is lost on the way. */
final class PipelineDashboard {
  private static final Metric ACCEPTED = Metric.counter(Names.CAPTURE_ACCEPTED);
  private static final Metric REJECTED = Metric.counter(Names.CAPTURE_REJECTED);
  private static final Metric CLOSED = Metric.counter(Names.WINDOWING_CLOSED);
  private static final Metric WINDOWS = Metric.counter(Names.RECONSTRUCTION_WINDOWS);
  private static final Metric FRESHNESS = Metric.seconds(Names.FUSION_FRESHNESS);

  private PipelineDashboard() {}

  static Dashboard dashboard() {
    return new Dashboard(
        "lite3r-pipeline",
        "Lite3R: pipeline",
        "From cameras to published versions. For whoever asks whether it flows.",
        List.of(
            row(
                "Flow",
                panel(
                        "How old is what viewers see?",
                        "From a frame's acceptance until a version that holds it is published.",
                        "s",
                        query(Promql.quantile(0.5, FRESHNESS), "p50"),
                        query(Promql.quantile(0.95, FRESHNESS), "p95"))
                    .alertsAt(10),
                panel(
                    "What comes in, what comes out",
                    "Frames accepted and frames fused in a second. A gap that stays is a backlog or a loss.",
                    "cps",
                    query(Promql.rate(ACCEPTED), "accepted"),
                    query(Promql.rate(Metric.counter(Names.FUSION_FRAMES)), "fused"),
                    query(Promql.rate(Metric.counter(Names.WINDOWING_SKIPPED)), "skipped")),
                panel(
                    "What waits for each stage",
                    "Frames for windowing, windows for reconstruction, outcomes for fusion.",
                    "short",
                    query(Promql.max(Metric.plain(Names.CONSOLE_LAG), "stage"), "{{stage}}"))),
            row(
                "Losses",
                panel(
                    "Images refused, by reason",
                    "Capture answers each with a sentence; the image lies on dead-letters.",
                    "cps",
                    query(Promql.rate(REJECTED, "reason"), "{{reason}}")),
                panel(
                    "Frames that windowing could not use",
                    "Late: their instant had closed. The rest by reason.",
                    "cps",
                    query(Promql.rate(Metric.counter(Names.WINDOWING_LATE)), "late"),
                    query(
                        Promql.rate(Metric.counter(Names.WINDOWING_REJECTED), "reason"),
                        "{{reason}}")),
                panel(
                    "Windows, by how they ended",
                    "Unreconstructable windows have a reason; their frames end rejected unless another window fused them.",
                    "cps",
                    query(Promql.rate(WINDOWS, "outcome", "reason"), "{{outcome}} {{reason}}"))),
            row(
                "Cameras",
                panel(
                        "Cameras that have gone silent",
                        "Quiet while another camera of their capture sends.",
                        "short",
                        query(
                            "sum (" + Metric.plain(Names.WINDOWING_SILENT).series() + ")",
                            "silent"))
                    .alertsAt(1),
                panel(
                    "Views that were missing from instants",
                    "Cameras that had nothing for an instant the others had.",
                    "cps",
                    query(Promql.rate(Metric.counter(Names.WINDOWING_MISSING)), "missing")),
                panel(
                    "How far apart the cameras of an instant are",
                    "Beyond the tolerance they are different instants.",
                    "s",
                    query(Promql.quantile(0.95, Metric.seconds(Names.WINDOWING_SKEW)), "p95"))),
            row(
                "Time of each stage (p95)",
                panel(
                    "Capture and windowing",
                    "A frame until it is durable; a window's newest frame until the window closed.",
                    "s",
                    query(Promql.quantile(0.95, Metric.seconds(Names.CAPTURE_DURATION)), "accept"),
                    query(Promql.quantile(0.95, Metric.seconds(Names.WINDOWING_DELAY)), "close")),
                panel(
                    "Reconstruction",
                    "Waiting in the topic, and from taking a window up until its outcome is durable.",
                    "s",
                    query(
                        Promql.quantile(0.95, Metric.seconds(Names.RECONSTRUCTION_QUEUE_DURATION)),
                        "queue"),
                    query(
                        Promql.quantile(0.95, Metric.seconds(Names.RECONSTRUCTION_WINDOW_DURATION)),
                        "window")),
                panel(
                    "Fusion",
                    "One window's place, its depth into the volume, one version.",
                    "s",
                    query(
                        Promql.quantile(0.95, Metric.seconds(Names.FUSION_ALIGN_DURATION)),
                        "align"),
                    query(
                        Promql.quantile(0.95, Metric.seconds(Names.FUSION_INTEGRATE_DURATION)),
                        "integrate"),
                    query(
                        Promql.quantile(0.95, Metric.seconds(Names.FUSION_PUBLISH_DURATION)),
                        "publish"))),
            row(
                "Windows",
                panel(
                    "Windows closed, by reason",
                    "Full, because a capture ended, or at the byte limit.",
                    "cps",
                    query(Promql.rate(CLOSED, "reason"), "{{reason}}")),
                panel(
                    "Repeats that had no effect",
                    "The same frame or window again: a sender or a process that came back.",
                    "cps",
                    query(Promql.rate(Metric.counter(Names.CAPTURE_DUPLICATES)), "capture"),
                    query(Promql.rate(Metric.counter(Names.WINDOWING_DUPLICATES)), "windowing"),
                    query(
                        Promql.rate(Metric.counter(Names.RECONSTRUCTION_REPEATS)),
                        "reconstruction")),
                panel(
                    "Bytes of accepted originals",
                    "What the object store takes when originals are kept.",
                    "Bps",
                    query(Promql.rate(Metric.bytesCounter(Names.CAPTURE_BYTES)), "originals")))));
  }
}
