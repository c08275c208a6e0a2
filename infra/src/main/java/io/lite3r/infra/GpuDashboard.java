package io.lite3r.infra;

import static io.lite3r.infra.Dashboard.panel;
import static io.lite3r.infra.Dashboard.query;
import static io.lite3r.infra.Dashboard.row;

import io.lite3r.telemetry.Names;
import java.util.List;

/** The accelerators, by NVIDIA's exporter (DCGM), and what they do for us. */
final class GpuDashboard {
  private static final String OF_GPU = "{{Hostname}} GPU {{gpu}}";

  private GpuDashboard() {}

  static Dashboard dashboard() {
    return new Dashboard(
        "lite3r-gpu",
        "Lite3R: GPUs",
        "Accelerators and the model on them. The first two rows are empty without NVIDIA's exporter.",
        List.of(
            row(
                "Memory and use",
                panel(
                        "Memory in use",
                        "Share of the frame buffer.",
                        "percentunit",
                        query(
                            "DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)",
                            OF_GPU))
                    .alertsAt(0.95),
                panel(
                    "Engine active",
                    "Share of time in which any kernel ran; it holds under MIG, too, where plain utilisation does not.",
                    "percentunit",
                    query("DCGM_FI_PROF_GR_ENGINE_ACTIVE", OF_GPU)),
                panel(
                    "Memory bus active",
                    "Share of time in which memory was read or written.",
                    "percentunit",
                    query("DCGM_FI_PROF_DRAM_ACTIVE", OF_GPU))),
            row(
                "Health",
                panel(
                    "Temperature", "Of the die.", "celsius", query("DCGM_FI_DEV_GPU_TEMP", OF_GPU)),
                panel("Power", "Drawn now.", "watt", query("DCGM_FI_DEV_POWER_USAGE", OF_GPU)),
                panel(
                    "Last error",
                    "Number of the last XID error of the driver; 0 is none.",
                    "none",
                    query("DCGM_FI_DEV_XID_ERRORS", OF_GPU))),
            row(
                "The model",
                panel(
                    "Time of a window",
                    "Views to tensor, and the network alone.",
                    "s",
                    query(
                        Promql.mean(Metric.seconds(Names.RECONSTRUCTION_TENSOR_DURATION)),
                        "tensor"),
                    query(
                        Promql.mean(Metric.seconds(Names.RECONSTRUCTION_INFERENCE_DURATION)),
                        "network"),
                    query(
                        Promql.quantile(
                            0.95, Metric.seconds(Names.RECONSTRUCTION_INFERENCE_DURATION)),
                        "network p95")),
                panel(
                    "Windows waiting, and for how long",
                    "More workers help while partitions of the topic are left.",
                    "s",
                    query(
                        Promql.quantile(0.5, Metric.seconds(Names.RECONSTRUCTION_QUEUE_DURATION)),
                        "p50"),
                    query(
                        Promql.quantile(0.95, Metric.seconds(Names.RECONSTRUCTION_QUEUE_DURATION)),
                        "p95")),
                panel(
                    "Windows reconstructed",
                    "In a second, by worker.",
                    "cps",
                    query(
                        Promql.rate(Metric.counter(Names.RECONSTRUCTION_WINDOWS), "instance"),
                        "{{instance}}")))));
  }
}
