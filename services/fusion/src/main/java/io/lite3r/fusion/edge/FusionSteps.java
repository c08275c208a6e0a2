package io.lite3r.fusion.edge;

import io.lite3r.fusion.scene.FrameEnd;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import io.lite3r.schemas.scene.WindowLoops;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What fusion counts, times and traces. */
@Singleton
public class FusionSteps {
  private static final String PROPOSED = "proposed";
  private static final String TIED = "tied";
  private static final String REFUSED = "refused";
  static final String UNDECODABLE = "undecodable";

  private static final double NS_PER_S = 1e9;

  private final Tracer tracer;
  private final LongCounter windows;
  private final LongCounter frames;
  private final LongCounter versions;
  private final LongCounter deadLetters;
  private final LongCounter collected;
  private final LongCounter loops;
  private final DoubleHistogram align;
  private final DoubleHistogram integrate;
  private final DoubleHistogram publish;
  private final DoubleHistogram freshness;
  private final AlignmentMetrics alignment;

  public FusionSteps(Meter meter, Tracer tracer) {
    this.tracer = tracer;
    windows = meter.counterBuilder(Names.FUSION_WINDOWS).setUnit("{window}").build();
    frames = meter.counterBuilder(Names.FUSION_FRAMES).setUnit("{frame}").build();
    versions = meter.counterBuilder(Names.FUSION_VERSIONS).setUnit("{version}").build();
    collected = meter.counterBuilder(Names.FUSION_COLLECTED).setUnit("{object}").build();
    loops = meter.counterBuilder(Names.FUSION_LOOPS).setUnit("{verification}").build();
    deadLetters = meter.counterBuilder(Names.DEAD_LETTERS).setUnit("{record}").build();
    align = meter.histogramBuilder(Names.FUSION_ALIGN_DURATION).setUnit("s").build();
    integrate = meter.histogramBuilder(Names.FUSION_INTEGRATE_DURATION).setUnit("s").build();
    publish = meter.histogramBuilder(Names.FUSION_PUBLISH_DURATION).setUnit("s").build();
    alignment = new AlignmentMetrics(meter);
    freshness = meter.histogramBuilder(Names.FUSION_FRESHNESS).setUnit("s").build();
    // From the start at 0: a counter that is not shown cannot be told from one that stands still.
    windows.add(0);
    frames.add(0);
    versions.add(0);
    collected.add(0);
    deadLetters.add(0, deadLetter(UNDECODABLE));
    Stream.of(PROPOSED, TIED, REFUSED)
        .forEach(kind -> loops.add(0, Attributes.of(Names.KIND, kind)));
  }

  /** A window finds its place. */
  <T> T align(String scene, String window, Supplier<T> step) {
    return timed(window(Names.SPAN_ALIGN, scene, window), align, step);
  }

  /** A window's depth goes into the volume at its place. */
  void integrate(String scene, String window, Supplier<WindowEntry> step) {
    WindowEntry entry = timed(window(Names.SPAN_INTEGRATE, scene, window), integrate, step);
    if (entry.status() == WindowStatus.FUSED) {
      windows.add(1);
      alignment.placed(entry);
    }
  }

  private SpanBuilder window(String name, String scene, String window) {
    return tracer
        .spanBuilder(name)
        .setAttribute(Names.SCENE, scene)
        .setAttribute(Names.WINDOW, window);
  }

  private static <T> T timed(SpanBuilder name, DoubleHistogram duration, Supplier<T> step) {
    long start = System.nanoTime();
    Span span = name.startSpan();
    try (Scope ignored = span.makeCurrent()) {
      return step.get();
    } finally {
      span.end();
      duration.record((System.nanoTime() - start) / NS_PER_S);
    }
  }

  void publish(String scene, Runnable step) {
    long start = System.nanoTime();
    Span span = tracer.spanBuilder(Names.SPAN_PUBLISH).setAttribute(Names.SCENE, scene).startSpan();
    try (Scope ignored = span.makeCurrent()) {
      step.run();
    } finally {
      span.end();
      publish.record((System.nanoTime() - start) / NS_PER_S);
    }
  }

  void published(FusedScene scene, SceneHead head) {
    versions.add(1);
    for (FrameEntry frame : scene.firstHeldBy(head.version())) {
      freshness.record((head.publishedAtNs() - frame.acceptedAtNs()) / NS_PER_S);
    }
  }

  /** A verification was asked for. */
  void loopProposed() {
    loops.add(1, Attributes.of(Names.KIND, PROPOSED));
  }

  /** It took effect. */
  void loopClosed(WindowLoops.Closing closing) {
    loops.add(1, Attributes.of(Names.KIND, closing.tie() == null ? REFUSED : TIED));
  }

  /** So many objects that no kept version needs were removed. */
  void collected(int removed) {
    collected.add(removed);
  }

  void ended(List<FrameEnd> ends) {
    frames.add(ends.stream().filter(FrameEnd.Fused.class::isInstance).count());
  }

  void setAside(String reason) {
    deadLetters.add(1, deadLetter(reason));
  }

  private static Attributes deadLetter(String reason) {
    return Attributes.of(Names.STAGE, "fusion", Names.REASON, reason);
  }
}
