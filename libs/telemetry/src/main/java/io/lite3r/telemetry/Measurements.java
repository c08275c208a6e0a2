package io.lite3r.telemetry;

import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The process's metrics: one {@link Meter} for all stages in it, and their present state as
 * Prometheus text. When five services share a process they share this bean, so there is one
 * endpoint however many stages run behind it. It stands apart from Quarkus' own OpenTelemetry SDK,
 * which carries traces: that one can push metrics but has no scrape endpoint.
 */
@Singleton
public class Measurements {
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  /**
   * For histograms in seconds: the SDK's own buckets are for milliseconds. Histograms in other
   * units say their buckets themselves.
   */
  private static final List<Double> SECONDS =
      List.of(
          0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 60.0,
          120.0);

  private final PrometheusMetricReader reader = PrometheusMetricReader.create();
  private final SdkMeterProvider provider =
      SdkMeterProvider.builder()
          .registerMetricReader(reader)
          .registerView(
              InstrumentSelector.builder().setType(InstrumentType.HISTOGRAM).setUnit("s").build(),
              View.builder().setAggregation(Aggregation.explicitBucketHistogram(SECONDS)).build())
          .build();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final Meter meter = provider.get("lite3r");

  public Measurements() {
    JvmMetrics.show(meter);
  }

  /** Makes the instruments of {@link Names}. */
  @Produces
  @Singleton
  public Meter meter() {
    return meter;
  }

  /** All metrics of the process in Prometheus' text format. */
  public byte[] prometheusText() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writer.write(out, reader.collect());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @PreDestroy
  void close() {
    provider.close();
  }
}
