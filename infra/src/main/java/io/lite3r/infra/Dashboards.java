package io.lite3r.infra;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All dashboards, as the files of {@code infra/grafana/dashboards}. */
public final class Dashboards {
  private Dashboards() {}

  /** File name to text. */
  public static Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    Stream.of(
            PipelineDashboard.dashboard(),
            SceneDashboard.dashboard(),
            GpuDashboard.dashboard(),
            OperationsDashboard.dashboard())
        .forEach(dashboard -> files.put(dashboard.uid() + ".json", GrafanaJson.of(dashboard)));
    return files;
  }
}
