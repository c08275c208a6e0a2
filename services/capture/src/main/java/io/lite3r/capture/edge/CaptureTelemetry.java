package io.lite3r.capture.edge;

import io.lite3r.capture.FrameName;
import io.lite3r.capture.FrameRefused;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Locale;

/** Spans and counts of capture. */
@ApplicationScoped
class CaptureTelemetry {
  private final Tracer tracer;
  private final LongCounter accepted;
  private final LongCounter rejected;
  private final LongCounter duplicates;
  private final LongCounter bytes;
  private final LongCounter deadLetters;
  private final DoubleHistogram duration;

  @Inject
  CaptureTelemetry(Tracer tracer, Meter meter) {
    this.tracer = tracer;
    this.accepted = meter.counterBuilder(Names.CAPTURE_ACCEPTED).setUnit("{frame}").build();
    this.rejected = meter.counterBuilder(Names.CAPTURE_REJECTED).setUnit("{frame}").build();
    this.duplicates = meter.counterBuilder(Names.CAPTURE_DUPLICATES).setUnit("{frame}").build();
    this.bytes = meter.counterBuilder(Names.CAPTURE_BYTES).setUnit("By").build();
    this.deadLetters = meter.counterBuilder(Names.DEAD_LETTERS).setUnit("{record}").build();
    this.duration = meter.histogramBuilder(Names.CAPTURE_DURATION).setUnit("s").build();
    // From the start at 0: a counter that is not shown cannot be told from one that stands still.
    accepted.add(0);
    duplicates.add(0);
    bytes.add(0);
    for (FrameRefused.Reason reason : FrameRefused.Reason.values()) {
      rejected.add(0, Attributes.of(Names.REASON, name(reason)));
      deadLetters.add(0, deadLetter(reason));
    }
  }

  Span start(FrameName name) {
    return tracer
        .spanBuilder(Names.SPAN_CAPTURE)
        .setParent(Context.current())
        .setAttribute(Names.SCENE, name.scene())
        .setAttribute(Names.CAMERA, name.camera())
        .startSpan();
  }

  void accepted(int originalBytes, double seconds) {
    accepted.add(1);
    bytes.add(originalBytes);
    duration.record(seconds);
  }

  void duplicate() {
    duplicates.add(1);
  }

  void rejected(FrameRefused refused) {
    rejected.add(1, Attributes.of(Names.REASON, name(refused.reason())));
    deadLetters.add(1, deadLetter(refused.reason()));
  }

  private static Attributes deadLetter(FrameRefused.Reason reason) {
    return Attributes.of(Names.STAGE, "capture", Names.REASON, name(reason));
  }

  static String name(FrameRefused.Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }
}
