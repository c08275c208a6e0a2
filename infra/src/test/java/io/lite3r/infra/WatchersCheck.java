package io.lite3r.infra;

import static io.lite3r.infra.ComposeFiles.OURS;
import static io.lite3r.infra.ComposeFiles.PORT;

import java.util.ArrayList;
import java.util.List;

/** Prometheus, the collector and Grafana look for their neighbours where compose puts them. */
final class WatchersCheck {
  private final ComposeFiles compose;
  private final Tree tree;
  private final Problems problems;

  WatchersCheck(ComposeFiles compose, Problems problems) {
    this.compose = compose;
    this.tree = compose.tree();
    this.problems = problems;
  }

  void run() {
    prometheus(tree.yaml("infra/prometheus/prometheus.yml"));
    tree.yaml("infra/collector/collector.yaml")
        .at("exporters")
        .entries()
        .values()
        .forEach(exporter -> host("collector.yaml", "http://" + exporter.at("endpoint").text()));
    grafana("infra/grafana/provisioning/");
  }

  private void prometheus(Node file) {
    List<String> targets = new ArrayList<>();
    for (Node job : file.at("scrape_configs").elements()) {
      for (Node group : job.at("static_configs").elements()) {
        List<String> here = group.at("targets").texts();
        here.forEach(target -> host("prometheus.yml", "http://" + target));
        if (job.at("job_name").text().equals("lite3r")) {
          targets.addAll(here);
          String service = group.at("labels").at("service").text();
          problems.unless(
              here.equals(List.of(service + ":" + PORT)),
              "prometheus.yml calls %s %s",
              here,
              service);
        }
      }
    }
    problems.same(
        "scrape target",
        OURS.stream().map(name -> name + ":" + PORT).toList(),
        "prometheus.yml",
        targets);
    for (Node manager : file.at("alerting").at("alertmanagers").elements()) {
      manager.at("static_configs").elements().stream()
          .flatMap(group -> group.at("targets").texts().stream())
          .forEach(target -> host("prometheus.yml", "http://" + target));
    }
  }

  private void grafana(String folder) {
    tree.yaml(folder + "datasources/datasources.yaml")
        .at("datasources")
        .elements()
        .forEach(source -> host("datasources.yaml", source.at("url").text()));
    List<String> mounted = compose.services().get("grafana").at("volumes").texts();
    for (Node provider :
        tree.yaml(folder + "dashboards/dashboards.yaml").at("providers").elements()) {
      String path = provider.at("options").at("path").text();
      problems.unless(
          mounted.contains("./grafana/dashboards:%s:ro".formatted(path)),
          "dashboards.yaml reads %s, where nothing is mounted",
          path);
    }
  }

  private void host(String who, String address) {
    compose.host(problems, who, address);
  }
}
