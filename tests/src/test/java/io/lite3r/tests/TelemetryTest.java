package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.telemetry.Names;
import io.opentelemetry.proto.trace.v1.Span;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WithChain.class)
class TelemetryTest {
  private static final List<String> RIG = List.of("east", "west");
  private static final List<Shot> SHOTS = Shots.made(RIG, 5, 10);

  private static final List<String> STAGES =
      List.of("lite3r-capture", "lite3r-windowing", "lite3r-reconstruction", "lite3r-fusion");

  /** Units and kinds become suffixes there. */
  private static final String WHAT_PROMETHEUS_ADDS = "(_seconds|_bytes|_ratio)?(_total)?";

  /** All that happens on the way of a window that is aligned to the one before it. */
  private static final List<String> ON_THE_WAY =
      List.of(
          Names.SPAN_CAPTURE,
          Names.SPAN_WINDOW_CLOSE,
          Names.SPAN_RECONSTRUCT,
          Names.SPAN_INFER,
          Names.SPAN_ALIGN,
          Names.SPAN_INTEGRATE,
          Names.SPAN_PUBLISH);

  @Test
  void oneTraceLeadsFromAPostThroughAllStagesToThePublishedVersion(Chain chain) {
    String scene = "one-trace";
    TestCameras cameras = chain.cameras(scene, "run", RIG);
    chain.finished(cameras.postAll(SHOTS).endAll());
    Await.until(
        "a trace with every span from capture to publication",
        Duration.ofSeconds(20),
        () -> completeTrace(chain, scene) != null,
        () -> seen(chain, scene).toString());
    List<TraceSink.Received> trace = chain.traces.trace(completeTrace(chain, scene));
    List<TraceSink.Received> roots =
        trace.stream().filter(span -> span.parentId().isEmpty()).toList();
    assertThat(roots).as("the trace begins once").hasSize(1);
    assertThat(roots.getFirst().span().getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
    assertThat(roots.getFirst().name()).startsWith("POST ");
    assertThat(trace.stream().map(TraceSink.Received::service).distinct())
        .as("services in one trace; the console joins in when another test has started it")
        .containsAll(STAGES);
    var ids = trace.stream().map(TraceSink.Received::spanId).toList();
    assertThat(trace)
        .as("every other span hangs on one that is there")
        .allMatch(span -> span.parentId().isEmpty() || ids.contains(span.parentId()));
  }

  private static String completeTrace(Chain chain, String scene) {
    return seen(chain, scene).entrySet().stream()
        .filter(trace -> trace.getValue().containsAll(ON_THE_WAY))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  /** Names of the spans of each trace that touches the scene. */
  private static Map<String, TreeSet<String>> seen(Chain chain, String scene) {
    Map<String, TreeSet<String>> names = new TreeMap<>();
    List<TraceSink.Received> spans = chain.traces.spans();
    spans.stream()
        .filter(span -> span.has(Names.SCENE.getKey(), scene))
        .forEach(span -> names.put(span.traceId(), new TreeSet<>()));
    spans.forEach(
        span -> names.computeIfPresent(span.traceId(), (id, all) -> with(all, span.name())));
    return names;
  }

  private static TreeSet<String> with(TreeSet<String> names, String name) {
    names.add(name);
    return names;
  }

  @Test
  void everyStageShowsItsMetricsByTheNamesOfTheOneClass(Chain chain) throws Exception {
    TestCameras cameras = chain.cameras("metrics", "run", RIG);
    cameras.postAll(SHOTS).post(Shot.jpeg("east", 100, 0, new byte[] {1, 2, 3}));
    chain.finished(cameras.endAll());
    Map<String, ServiceProcess> services =
        Map.of(
            "capture", chain.capture,
            "windowing", chain.windowing,
            "reconstruction", chain.reconstruction,
            "fusion", chain.fusion,
            "console", chain.console());
    Map<String, List<String>> missing = new TreeMap<>();
    Map<String, List<String>> unknown = new TreeMap<>();
    for (var service : services.entrySet()) {
      String metrics = service.getValue().get("/metrics");
      assertThat(metrics).as(service.getKey()).startsWith("200 ");
      for (String name : metricsOf(service.getKey())) {
        if (!metrics.contains("# TYPE " + prometheus(name))) {
          missing.computeIfAbsent(service.getKey(), key -> new ArrayList<>()).add(name);
        }
      }
      unknown.put(service.getKey(), strangers(metrics));
    }
    assertThat(missing).as("metrics of Names that /metrics does not show").isEmpty();
    assertThat(unknown.values())
        .as("metrics on /metrics that Names does not know: " + unknown)
        .allMatch(List::isEmpty);
  }

  /** Metrics of the system's own that {@link Names} does not know. */
  private static List<String> strangers(String metrics) throws IllegalAccessException {
    List<String> known = new ArrayList<>();
    for (Field constant : Names.class.getFields()) {
      if (constant.get(null) instanceof String name) {
        known.add(prometheus(name));
      }
    }
    return metrics
        .lines()
        .filter(line -> line.startsWith("# TYPE lite3r_"))
        .map(line -> line.split(" ")[2])
        .filter(
            shown -> known.stream().noneMatch(name -> shown.matches(name + WHAT_PROMETHEUS_ADDS)))
        .toList();
  }

  /** The constants of {@link Names} that belong to one stage. */
  private static List<String> metricsOf(String stage) throws IllegalAccessException {
    List<String> names = new ArrayList<>();
    for (Field constant : Names.class.getFields()) {
      if (Modifier.isStatic(constant.getModifiers())
          && constant.getType() == String.class
          && constant.getName().startsWith(stage.toUpperCase(java.util.Locale.ROOT) + "_")) {
        names.add((String) constant.get(null));
      }
    }
    assertThat(names).as("metrics of " + stage).isNotEmpty();
    return names;
  }

  private static String prometheus(String name) {
    return name.replace('.', '_');
  }
}
