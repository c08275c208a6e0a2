package io.lite3r.infra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lite3r.infra.Dashboard.Panel;
import io.lite3r.infra.Dashboard.Query;
import io.lite3r.infra.Dashboard.Row;
import java.util.List;

/** A dashboard in the JSON that Grafana 10 and later provisions (schema version 39). */
final class GrafanaJson {
  /** The data source's uid in {@code infra/grafana/provisioning/datasources}. */
  static final String PROMETHEUS = "prometheus";

  private static final int SCHEMA_VERSION = 39;
  private static final int COLUMNS = 24;
  private static final int PANEL_HEIGHT = 8;
  private static final ObjectMapper JSON = new ObjectMapper();

  private GrafanaJson() {}

  /** The file's text; the same dashboard gives the same bytes. */
  static String of(Dashboard dashboard) {
    ObjectNode root = JSON.createObjectNode();
    root.put("uid", dashboard.uid());
    root.put("title", dashboard.title());
    root.put("description", dashboard.description());
    root.putArray("tags").add("lite3r");
    root.put("schemaVersion", SCHEMA_VERSION);
    root.put("editable", false);
    root.put("graphTooltip", 1);
    root.put("refresh", "10s");
    root.put("timezone", "browser");
    root.putObject("time").put("from", "now-1h").put("to", "now");
    root.putObject("annotations").putArray("list");
    root.putObject("templating").putArray("list");
    panels(root.putArray("panels"), dashboard.rows());
    return text(root);
  }

  private static void panels(ArrayNode panels, List<Row> rows) {
    int id = 1;
    int top = 0;
    for (Row row : rows) {
      ObjectNode heading = panels.addObject();
      heading.put("id", id++).put("type", "row").put("title", row.title()).put("collapsed", false);
      grid(heading, COLUMNS, 1, 0, top++);
      heading.putArray("panels");
      int width = COLUMNS / row.panels().size();
      int left = 0;
      for (Panel panel : row.panels()) {
        graph(panels.addObject().put("id", id++), panel, width, left, top);
        left += width;
      }
      top += PANEL_HEIGHT;
    }
  }

  private static void graph(ObjectNode node, Panel panel, int width, int left, int top) {
    node.put("type", "timeseries").put("title", panel.title());
    node.put("description", panel.description());
    grid(node, width, PANEL_HEIGHT, left, top);
    node.set("datasource", prometheus());
    ObjectNode fields = node.putObject("fieldConfig");
    ObjectNode defaults = fields.putObject("defaults");
    defaults.put("unit", panel.unit()).put("min", 0);
    ObjectNode custom = defaults.putObject("custom");
    custom.put("fillOpacity", 8).put("lineWidth", 1).put("showPoints", "never");
    if (!Double.isNaN(panel.limit())) {
      custom.putObject("thresholdsStyle").put("mode", "line");
      ArrayNode steps = defaults.putObject("thresholds").put("mode", "absolute").putArray("steps");
      steps.addObject().put("color", "green").putNull("value");
      steps.addObject().put("color", "red").put("value", panel.limit());
    }
    fields.putArray("overrides");
    ObjectNode options = node.putObject("options");
    options.putObject("legend").put("displayMode", "list").put("placement", "bottom");
    options.putObject("tooltip").put("mode", "multi").put("sort", "desc");
    ArrayNode targets = node.putArray("targets");
    char letter = 'A';
    for (Query query : panel.queries()) {
      ObjectNode target = targets.addObject();
      target.put("refId", String.valueOf(letter++));
      target.set("datasource", prometheus());
      target.put("expr", query.expression()).put("legendFormat", query.legend());
    }
  }

  private static void grid(ObjectNode node, int width, int height, int left, int top) {
    node.putObject("gridPos").put("h", height).put("w", width).put("x", left).put("y", top);
  }

  private static ObjectNode prometheus() {
    return JSON.createObjectNode().put("type", "prometheus").put("uid", PROMETHEUS);
  }

  private static String text(ObjectNode root) {
    var indent = new DefaultIndenter("  ", "\n");
    var printer = new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent);
    try {
      return JSON.writer(printer).writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values could not be written", e);
    }
  }
}
