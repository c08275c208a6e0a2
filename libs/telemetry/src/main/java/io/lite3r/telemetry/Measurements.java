package io.lite3r.telemetry;

import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The process's metrics: one {@link Meter} for all stages in it, and their present state as
 * Prometheus text. When five services share a process they share this bean, so there is one
 * endpoint however many stages run behind it. It stands apart from Quarkus' own OpenTelemetry SDK,
 * which carries traces: that one can push metrics but has no scrape endpoint.
 */
@Singleton
public class Measurements {
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private final PrometheusMetricReader reader = PrometheusMetricReader.create();
  private final SdkMeterProvider provider =
      SdkMeterProvider.builder().registerMetricReader(reader).build();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final Meter meter = provider.get("lite3r");

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
