package io.lite3r.infra;

import static io.lite3r.infra.Dashboard.panel;
import static io.lite3r.infra.Dashboard.query;
import static io.lite3r.infra.Dashboard.row;

import io.lite3r.telemetry.Names;
import java.util.List;

/**
 * Does what comes out deserve trust? No line is per scene: scenes are unbounded, the console has
 * them.
 */
final class SceneDashboard {
  private static final Metric RESIDUAL = Metric.ratio(Names.FUSION_ALIGN_RESIDUAL);
  private static final Metric INLIERS = Metric.ratio(Names.FUSION_ALIGN_INLIERS);
  private static final Metric STEP = Metric.ratio(Names.FUSION_ALIGN_SCALE_STEP);
  private static final Metric CONDITION = Metric.ratio(Names.FUSION_ALIGN_CONDITION);

  private SceneDashboard() {}

  static Dashboard dashboard() {
    return new Dashboard(
        "lite3r-scene",
        "Lite3R: scene quality",
        "How well windows fit together, over all scenes. The console shows each scene and window.",
        List.of(
            row(
                "Alignment",
                panel(
                        "Depth residual after alignment",
                        "Robust, relative to depth. It grows when the model meets what it was not made for, or a camera moved in its mount.",
                        "percentunit",
                        query(Promql.quantile(0.5, RESIDUAL), "p50"),
                        query(Promql.quantile(0.9, RESIDUAL), "p90"))
                    .alertsAt(0.2),
                panel(
                    "Pixels that agree after alignment",
                    "Share of the compared depth pixels; low is bad.",
                    "percentunit",
                    query(Promql.quantile(0.1, INLIERS), "p10"),
                    query(Promql.quantile(0.5, INLIERS), "p50"))),
            row(
                "Ties",
                panel(
                    "Scale of a window over the one before",
                    "1 is steady; a quantile that leaves it is drift of scale.",
                    "none",
                    query(Promql.quantile(0.1, STEP), "p10"),
                    query(Promql.quantile(0.9, STEP), "p90")),
                panel(
                    "Thickness of what windows share",
                    "Near 0 the shared points are a plane, which ties rotation and scale badly.",
                    "percentunit",
                    query(Promql.quantile(0.1, CONDITION), "p10")),
                panel(
                    "Alignments that stand on too little",
                    "By what is lacking.",
                    "cps",
                    query(
                        Promql.rate(Metric.counter(Names.FUSION_ALIGN_DEGENERATE), "kind"),
                        "{{kind}}"))),
            row(
                "Scenes",
                panel(
                    "Windows fused and versions published",
                    "A version holds all windows since the one before.",
                    "cps",
                    query(Promql.rate(Metric.counter(Names.FUSION_WINDOWS)), "windows"),
                    query(Promql.rate(Metric.counter(Names.FUSION_VERSIONS)), "versions")),
                panel(
                    "Chains begun",
                    "Windows that nothing ties to the ones before them: the scene has come apart, or a new one begins.",
                    "short",
                    query(Promql.grown(Metric.counter(Names.FUSION_CHAINS)), "chains")),
                panel(
                    "Objects removed",
                    "What no kept version needs.",
                    "cps",
                    query(Promql.rate(Metric.counter(Names.FUSION_COLLECTED)), "objects")))));
  }
}
