package io.lite3r.windowing.edge;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lite3r.telemetry.Names;
import io.lite3r.windowing.Decision;
import io.lite3r.windowing.FrameRef;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Spans and counts of windowing. Kafka Streams has no tracing of its own. */
final class WindowTelemetry {
  private static final String TRACEPARENT = "traceparent";

  private final Tracer tracer;
  private final LongCounter closed;
  private final LongCounter late;
  private final LongCounter rejected;
  private final LongCounter skipped;
  private final LongCounter duplicates;
  private final LongCounter missing;
  private final LongCounter deadLetters;
  private final DoubleHistogram delay;
  private final DoubleHistogram skew;
  private final Map<String, Long> silent = new ConcurrentHashMap<>();

  WindowTelemetry(Tracer tracer, Meter meter) {
    this.tracer = tracer;
    this.closed = meter.counterBuilder(Names.WINDOWING_CLOSED).setUnit("{window}").build();
    this.late = meter.counterBuilder(Names.WINDOWING_LATE).setUnit("{frame}").build();
    this.rejected = meter.counterBuilder(Names.WINDOWING_REJECTED).setUnit("{frame}").build();
    this.skipped = meter.counterBuilder(Names.WINDOWING_SKIPPED).setUnit("{frame}").build();
    this.duplicates = meter.counterBuilder(Names.WINDOWING_DUPLICATES).setUnit("{frame}").build();
    this.missing = meter.counterBuilder(Names.WINDOWING_MISSING).setUnit("{view}").build();
    this.deadLetters = meter.counterBuilder(Names.DEAD_LETTERS).setUnit("{record}").build();
    this.delay = meter.histogramBuilder(Names.WINDOWING_DELAY).setUnit("s").build();
    this.skew = meter.histogramBuilder(Names.WINDOWING_SKEW).setUnit("s").build();
    meter
        .gaugeBuilder(Names.WINDOWING_SILENT)
        .setUnit("{camera}")
        .ofLongs()
        .buildWithCallback(
            shown -> shown.record(silent.values().stream().mapToLong(Long::longValue).sum()));
    // From the start at 0: a counter that is not shown cannot be told from one that stands still.
    for (Decision.Close reason : Decision.Close.values()) {
      closed.add(0, Attributes.of(Names.REASON, reason.name().toLowerCase(Locale.ROOT)));
    }
    late.add(0);
    rejected.add(0, reason(Decision.Reason.TOO_FEW_VIEWS));
    rejected.add(0, reason(Decision.Reason.TOO_LARGE));
    skipped.add(0);
    duplicates.add(0);
    missing.add(0);
    for (String reason : WindowingProcessor.SET_ASIDE) {
      deadLetters.add(0, Attributes.of(Names.STAGE, "windowing", Names.REASON, reason));
    }
  }

  static @Nullable String traceparent(Headers headers) {
    Header header = headers.lastHeader(TRACEPARENT);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  /**
   * Records a window's closing as a span under its newest frame, linked to its other frames, and
   * gives the headers that carry the trace on.
   */
  Headers closing(String scene, Decision.WindowClosed window, long nowNs) {
    FrameRef newest =
        window.frames().stream()
            .max(Comparator.comparingLong(FrameRef::acceptedAtNs))
            .orElseThrow();
    SpanBuilder span =
        tracer
            .spanBuilder(Names.SPAN_WINDOW_CLOSE)
            .setParent(context(newest.traceparent()))
            .setAttribute(Names.SCENE, scene)
            .setAttribute(Names.WINDOW, window.id());
    for (FrameRef frame : window.frames()) {
      if (frame != newest) {
        span.addLink(Span.fromContext(context(frame.traceparent())).getSpanContext());
      }
    }
    Span started = span.startSpan();
    started.end();
    String reason = window.reason().name().toLowerCase(Locale.ROOT);
    closed.add(1, Attributes.of(Names.REASON, reason));
    delay.record(Math.max(0, nowNs - newest.acceptedAtNs()) / 1e9);
    RecordHeaders headers = new RecordHeaders();
    W3CTraceContextPropagator.getInstance()
        .inject(
            Context.root().with(started),
            headers,
            (carrier, name, value) -> carrier.add(name, value.getBytes(UTF_8)));
    return headers;
  }

  void instant(Decision.InstantClosed instant) {
    if (instant.missing() > 0) {
      missing.add(instant.missing());
    }
    if (instant.views() > 1) {
      skew.record(instant.skewNs() / 1e9);
    }
  }

  void rejected(Decision.Reject reject) {
    switch (reject.reason()) {
      case LATE -> late.add(1);
      case TOO_FEW_VIEWS, TOO_LARGE -> rejected.add(1, reason(reject.reason()));
    }
  }

  private static Attributes reason(Decision.Reason reason) {
    return Attributes.of(Names.REASON, reason.name().toLowerCase(Locale.ROOT));
  }

  /** Of this task's cameras so many are silent. */
  void silent(String task, long cameras) {
    silent.put(task, cameras);
  }

  void skipped() {
    skipped.add(1);
  }

  void duplicate() {
    duplicates.add(1);
  }

  void deadLetter(String reason) {
    deadLetters.add(1, Attributes.of(Names.STAGE, "windowing", Names.REASON, reason));
  }

  private static Context context(@Nullable String traceparent) {
    return traceparent == null
        ? Context.root()
        : W3CTraceContextPropagator.getInstance()
            .extract(Context.root(), traceparent, new Single());
  }

  /** A carrier that has the one header. */
  private static final class Single implements TextMapGetter<String> {
    @Override
    public Iterable<String> keys(String carrier) {
      return List.of(TRACEPARENT);
    }

    @Override
    public @Nullable String get(@Nullable String carrier, String key) {
      return TRACEPARENT.equals(key) ? carrier : null;
    }
  }
}
