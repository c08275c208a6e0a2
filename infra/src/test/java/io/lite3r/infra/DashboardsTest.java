package io.lite3r.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("infra")
class DashboardsTest {
  private static final String FOLDER = "infra/grafana/dashboards";
  private static final String AGAIN =
      "write them again: ./mvnw -pl infra -am test -Dtest=DashboardsTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dlite3r.regenerate=true";

  @Test
  void theFilesAreWhatTheCodeMakes() throws IOException {
    Map<String, String> made = Dashboards.files();
    if (Boolean.getBoolean("lite3r.regenerate")) {
      Path folder = Path.of(System.getProperty("lite3r.root", "..")).resolve(FOLDER);
      for (var file : made.entrySet()) {
        Files.writeString(folder.resolve(file.getKey()), file.getValue());
      }
    }
    Tree tree = Tree.asItIs();
    Map<String, String> committed = new TreeMap<>();
    tree.files(FOLDER)
        .forEach(file -> committed.put(file.substring(FOLDER.length() + 1), tree.text(file)));

    assertThat(committed).as(AGAIN).isEqualTo(made);
  }

  @Test
  void everyPanelSaysWhatToMakeOfItAndAsksTheSourceThatIsProvisioned() throws IOException {
    List<String> sources = new ArrayList<>();
    Tree.asItIs()
        .yaml("infra/grafana/provisioning/datasources/datasources.yaml")
        .at("datasources")
        .elements()
        .forEach(source -> sources.add(source.at("uid").text()));
    for (var file : Dashboards.files().entrySet()) {
      JsonNode board = new ObjectMapper().readTree(file.getValue());
      assertThat(board.get("description").asText()).as(file.getKey()).isNotBlank();
      List<Integer> ids = new ArrayList<>();
      for (JsonNode panel : board.get("panels")) {
        ids.add(panel.get("id").asInt());
        if (!panel.get("type").asText().equals("row")) {
          assertThat(panel.get("description").asText())
              .as(panel.get("title").asText())
              .isNotBlank();
          assertThat(sources).contains(panel.get("datasource").get("uid").asText());
          assertThat(panel.get("targets")).as(panel.get("title").asText()).isNotEmpty();
        }
      }
      assertThat(ids).as("panel ids of " + file.getKey()).doesNotHaveDuplicates();
    }
  }

  @Test
  void aLimitThatIsDrawnIsWhereTheAlertBegins() throws IOException {
    String rules = Tree.asItIs().text("infra/prometheus/rules/alerts.yml");
    Map<String, String> alerts =
        Map.of(
            "How old is what viewers see?", "lite3r:freshness_seconds:p95 > %s",
            "Depth residual after alignment", "lite3r:align_residual:p90 > %s",
            "Memory in use", "lite3r:gpu_memory_used:ratio > %s");
    int drawn = 0;
    for (String text : Dashboards.files().values()) {
      for (JsonNode panel : new ObjectMapper().readTree(text).get("panels")) {
        String expression = alerts.get(panel.get("title").asText());
        if (expression != null) {
          JsonNode steps = panel.at("/fieldConfig/defaults/thresholds/steps");
          String limit = steps.get(1).get("value").asText().replaceFirst("\\.0$", "");
          assertThat(rules).contains(expression.formatted(limit) + "\n");
          drawn++;
        }
      }
    }
    assertThat(drawn).isEqualTo(alerts.size());
  }
}
