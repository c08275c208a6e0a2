package io.lite3r.tests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** What {@code infra/} asks Prometheus: the expressions of dashboards, rules and alerts. */
final class Watching {
  static final Path PROMETHEUS = Repository.ROOT.resolve("infra/prometheus");
  private static final Path DASHBOARDS = Repository.ROOT.resolve("infra/grafana/dashboards");
  private static final Pattern METRIC = Pattern.compile("\\b(?:lite3r_[a-z_]+|jvm_[a-z_]+)\\b");
  private static final Pattern LABELS = Pattern.compile("\\{[^}]*}|\\b(?:by|without) \\([^)]*\\)");

  private Watching() {}

  /** Expressions of all panels by dashboard and title, Grafana's variables given a value. */
  static Map<String, String> panels() throws IOException {
    Map<String, String> expressions = new TreeMap<>();
    for (Path file : files(DASHBOARDS)) {
      JsonNode board = new ObjectMapper().readTree(Files.readString(file));
      for (JsonNode panel : board.get("panels")) {
        for (JsonNode target : panel.path("targets")) {
          expressions.put(
              "%s, %s, %s"
                  .formatted(
                      board.get("uid").asText(),
                      panel.get("title").asText(),
                      target.get("refId").asText()),
              target
                  .get("expr")
                  .asText()
                  .replace("$__rate_interval", "1m")
                  .replace("$__range", "5m"));
        }
      }
    }
    return expressions;
  }

  /** Expressions of all rules by the name they record or alert by. */
  static Map<String, String> rules() throws IOException {
    Map<String, String> expressions = new TreeMap<>();
    for (Path file : files(PROMETHEUS.resolve("rules"))) {
      Map<String, List<Map<String, List<Map<String, Object>>>>> rules =
          new Yaml().load(Files.readString(file));
      rules.get("groups").stream()
          .flatMap(group -> group.get("rules").stream())
          .forEach(
              rule ->
                  expressions.put(
                      rule.getOrDefault("record", rule.get("alert")).toString(),
                      rule.get("expr").toString()));
    }
    return expressions;
  }

  /** Series that an expression reads from our services. */
  static List<String> metrics(String expression) {
    return METRIC
        .matcher(LABELS.matcher(expression).replaceAll(""))
        .results()
        .map(MatchResult::group)
        .toList();
  }

  /** Names of all series in a text that a service shows, such as {@code x_bucket}. */
  static Set<String> shown(String text) {
    var names = new TreeSet<String>();
    text.lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
    return names;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(files.sorted().toList());
    }
  }
}
