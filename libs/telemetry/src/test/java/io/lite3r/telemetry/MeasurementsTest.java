package io.lite3r.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementsTest {
  @Test
  void aHistogramThatIsNotInSecondsKeepsItsOwnBuckets() {
    Measurements measurements = new Measurements();
    measurements
        .meter()
        .histogramBuilder(Names.FUSION_ALIGN_INLIERS)
        .setUnit("1")
        .setExplicitBucketBoundariesAdvice(List.of(.25, .75))
        .build()
        .record(.5);

    String text = new String(measurements.prometheusText(), UTF_8);

    assertThat(text.lines().filter(l -> l.startsWith("lite3r_fusion_align_inlier_ratio_bucket")))
        .extracting(l -> l.replaceAll(".*le=\"([^\"]*)\".* ", "$1: "))
        .containsExactly("0.25: 0", "0.75: 1", "+Inf: 1");
  }

  @Test
  void theProcessShowsItsMemoryAndItsProcessorTime() {
    String text = new String(new Measurements().prometheusText(), UTF_8);

    assertThat(text)
        .contains("jvm_memory_used_bytes{", "jvm_memory_type=\"heap\"", "jvm_memory_limit_bytes{")
        .contains("jvm_cpu_time_seconds_total{");
  }

  @Test
  void aCounterAndAHistogramAreShownAsPrometheusWritesThem() {
    Measurements measurements = new Measurements();
    measurements
        .meter()
        .counterBuilder(Names.DEAD_LETTERS)
        .setUnit("{record}")
        .build()
        .add(3, Attributes.of(Names.STAGE, "capture", Names.REASON, "truncated"));
    measurements
        .meter()
        .histogramBuilder(Names.RECONSTRUCTION_INFERENCE_DURATION)
        .setUnit("s")
        .build()
        .record(.25);

    String text = new String(measurements.prometheusText(), UTF_8);

    assertThat(text.lines())
        .anyMatch(
            l ->
                l.startsWith("lite3r_dead_letters_total{")
                    && l.contains("reason=\"truncated\"")
                    && l.contains("stage=\"capture\"")
                    && l.endsWith(" 3.0"))
        .anyMatch(
            l ->
                l.startsWith("lite3r_reconstruction_inference_duration_seconds_sum")
                    && l.endsWith(" 0.25"));
  }
}
