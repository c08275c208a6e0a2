package io.lite3r.infra;

import java.util.Arrays;
import java.util.List;

/**
 * A page of Grafana: rows of panels, each a question in its title and a graph that answers it.
 *
 * @param uid its address, and the name of its file
 * @param description whom it is for
 */
record Dashboard(String uid, String title, String description, List<Row> rows) {
  Dashboard {
    rows = List.copyOf(rows);
  }

  /** Panels side by side. */
  record Row(String title, List<Panel> panels) {
    Row {
      panels = List.copyOf(panels);
    }
  }

  static Row row(String title, Panel... panels) {
    return new Row(title, List.of(panels));
  }

  /**
   * A graph over time.
   *
   * @param description what a person should make of it
   * @param unit one of Grafana's unit ids
   * @param limit where an alert begins, drawn as a line; not a number when there is none
   */
  record Panel(String title, String description, String unit, double limit, List<Query> queries) {
    Panel {
      queries = List.copyOf(queries);
    }

    Panel alertsAt(double value) {
      return new Panel(title, description, unit, value, queries);
    }
  }

  /**
   * One expression of a panel.
   *
   * @param legend Grafana's template for the name of its lines
   */
  record Query(String expression, String legend) {}

  static Panel panel(String title, String description, String unit, Query... queries) {
    return new Panel(title, description, unit, Double.NaN, Arrays.asList(queries));
  }

  static Query query(String expression, String legend) {
    return new Query(expression, legend);
  }
}
