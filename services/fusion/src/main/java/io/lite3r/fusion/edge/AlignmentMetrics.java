package io.lite3r.fusion.edge;

import io.lite3r.schemas.scene.AlignmentQuality;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;

/** How well windows are tied to each other, as it happens; manifests hold the same for each. */
final class AlignmentMetrics {
  private static final List<Double> SHARES =
      List.of(0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95);

  private static final List<Double> SMALL =
      List.of(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5);

  private static final List<Double> STEPS =
      List.of(0.5, 0.67, 0.8, 0.9, 0.95, 0.98, 1.02, 1.05, 1.1, 1.25, 1.5, 2.0);

  private final DoubleHistogram inliers;
  private final DoubleHistogram residual;
  private final DoubleHistogram scaleStep;
  private final DoubleHistogram condition;
  private final LongCounter degenerate;
  private final LongCounter chains;

  AlignmentMetrics(Meter meter) {
    inliers = histogram(meter, Names.FUSION_ALIGN_INLIERS, SHARES);
    residual = histogram(meter, Names.FUSION_ALIGN_RESIDUAL, SMALL);
    scaleStep = histogram(meter, Names.FUSION_ALIGN_SCALE_STEP, STEPS);
    condition = histogram(meter, Names.FUSION_ALIGN_CONDITION, SMALL);
    degenerate = meter.counterBuilder(Names.FUSION_ALIGN_DEGENERATE).setUnit("{window}").build();
    chains = meter.counterBuilder(Names.FUSION_CHAINS).setUnit("{chain}").build();
    chains.add(0);
  }

  private static DoubleHistogram histogram(Meter meter, String name, List<Double> buckets) {
    return meter
        .histogramBuilder(name)
        .setUnit("1")
        .setExplicitBucketBoundariesAdvice(buckets)
        .build();
  }

  void placed(WindowEntry entry) {
    if (entry.chain() == entry.number()) {
      chains.add(1);
    }
    AlignmentQuality quality = entry.alignment();
    if (quality == null) {
      return;
    }
    inliers.record(quality.inlierRatio());
    residual.record(quality.residual());
    scaleStep.record(quality.scaleStep());
    condition.record(quality.condition());
    for (String kind : quality.degenerate().split(" ", -1)) {
      if (!kind.isEmpty()) {
        degenerate.add(1, Attributes.of(Names.KIND, kind));
      }
    }
  }
}
