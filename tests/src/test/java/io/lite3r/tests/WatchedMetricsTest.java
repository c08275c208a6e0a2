package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Dashboards and rules against what the running services show on {@code /metrics}. */
@Tag("infra")
@ExtendWith(WithChain.class)
class WatchedMetricsTest {
  private static final List<String> RIG = List.of("east", "west");

  /** Labels that metrics may have; each has a handful of values. */
  private static final Set<String> LABELS =
      Set.of("stage", "reason", "outcome", "kind", "le", "jvm_memory_type");

  private static final int MOST_SERIES = 50;
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"[^\"]*\"");

  @Test
  void everyMetricOfEveryDashboardAndRuleIsShownByARunningService(Chain chain) throws Exception {
    assertThat(notShown(Watching.panels(), scrape(chain))).isEmpty();
    assertThat(notShown(Watching.rules(), scrape(chain))).isEmpty();
  }

  @Test
  void aMetricThatNobodyShowsIsFound(Chain chain) throws Exception {
    assertThat(
            notShown(
                Map.of("a panel", "sum by (stage) (rate(lite3r_frames_terminal_total[1m]))"),
                scrape(chain)))
        .containsExactly(Map.entry("a panel", "lite3r_frames_terminal_total"));
  }

  @Test
  void noLabelGrowsWithUse(Chain chain) throws Exception {
    Map<String, Set<String>> strange = new TreeMap<>();
    Map<String, Integer> many = new HashMap<>();
    for (String line : String.join("\n", scrape(chain)).split("\n", -1)) {
      if (line.isBlank() || line.startsWith("#") || line.startsWith("target_info")) {
        continue;
      }
      String name = line.split("[{ ]", 2)[0];
      LABEL
          .matcher(line)
          .results()
          .map((MatchResult label) -> label.group(1))
          .filter(label -> !LABELS.contains(label) && !label.startsWith("otel_scope_"))
          .forEach(label -> strange.computeIfAbsent(name, key -> new TreeSet<>()).add(label));
      if (!name.endsWith("_bucket")) {
        many.merge(name, 1, Integer::sum);
      }
    }
    assertThat(strange).as("labels that are not known to be bounded").isEmpty();
    assertThat(many.values()).isNotEmpty().allMatch(series -> series <= MOST_SERIES);
  }

  private static Map<String, String> notShown(
      Map<String, String> expressions, List<String> scraped) {
    Set<String> shown =
        scraped.stream().flatMap(text -> Watching.shown(text).stream()).collect(Collectors.toSet());
    Map<String, String> missing = new TreeMap<>();
    expressions.forEach(
        (where, expression) ->
            Watching.metrics(expression).stream()
                .filter(metric -> !shown.contains(metric))
                .forEach(metric -> missing.put(where, metric)));
    return missing;
  }

  /** All five services' metrics, after frames have gone all the way. */
  private static List<String> scrape(Chain chain) throws IOException, InterruptedException {
    if (!chain.fusion.get("/metrics").contains("lite3r_fusion_align_residual")) {
      TestCameras cameras = chain.cameras("watched", "run", RIG);
      cameras.postAll(Shots.made(RIG, 5, 10));
      chain.finished(cameras.endAll());
    }
    List<String> texts = new ArrayList<>();
    for (ServiceProcess service : chain.services()) {
      texts.add(service.get("/metrics").replaceFirst("^200 ", ""));
    }
    return texts;
  }
}
