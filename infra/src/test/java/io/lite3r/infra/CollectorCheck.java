package io.lite3r.infra;

import java.util.List;
import java.util.TreeSet;

/** The collector's pipelines are made of what is declared. No collector has read the file. */
final class CollectorCheck {
  private static final String FILE = "infra/collector/collector.yaml";
  private static final List<String> KINDS = List.of("receivers", "processors", "exporters");

  private final Node file;
  private final Problems problems;

  CollectorCheck(Tree tree, Problems problems) {
    this.file = tree.yaml(FILE);
    this.problems = problems;
  }

  void run() {
    for (String kind : KINDS) {
      var used = new TreeSet<String>();
      file.at("service")
          .at("pipelines")
          .entries()
          .values()
          .forEach(pipeline -> used.addAll(pipeline.at(kind).texts()));
      var declared = file.at(kind).entries().keySet();
      for (String component : used) {
        problems.unless(
            declared.contains(component),
            "collector.yaml: %s %s is used and not declared",
            kind,
            component);
      }
      for (String component : declared) {
        problems.unless(
            used.contains(component),
            "collector.yaml: %s %s is declared and not used",
            kind,
            component);
      }
    }
    problems.same(
        "part of a collector's file",
        List.of("receivers", "processors", "exporters", "service"),
        FILE,
        file.entries().keySet());
  }
}
