package io.lite3r.infra;

import static io.lite3r.infra.Dashboard.panel;
import static io.lite3r.infra.Dashboard.query;
import static io.lite3r.infra.Dashboard.row;

import io.lite3r.telemetry.Names;
import java.util.List;

/** The processes: are they there, what do they take, what was set aside. */
final class OperationsDashboard {
  private static final String OURS = "service=~\"capture|windowing|reconstruction|fusion|console\"";

  private OperationsDashboard() {}

  static Dashboard dashboard() {
    return new Dashboard(
        "lite3r-operations",
        "Lite3R: operations",
        "Processes, alerts and dead letters. For whoever was called.",
        List.of(
            row(
                "Now",
                panel(
                    "Alerts that fire",
                    "docs/operations.md has an entry for each.",
                    "short",
                    query(
                        "sum by (alertname) (ALERTS{alertstate=\"firing\", alertname=~\"Lite3r.*\"})",
                        "{{alertname}}")),
                panel(
                    "Replicas that answer",
                    "By service.",
                    "short",
                    query("sum by (service) (up{%s})".formatted(OURS), "{{service}}")),
                panel(
                    "Dead letters",
                    "Records set aside for good, over the time shown.",
                    "short",
                    query(
                        Promql.grown(Metric.counter(Names.DEAD_LETTERS), "stage", "reason"),
                        "{{stage}} {{reason}}"))),
            row(
                "Processes",
                panel(
                    "Heap in use",
                    "Share of the most it may take.",
                    "percentunit",
                    query(
                        "max by (service) (%s{jvm_memory_type=\"heap\"}) / max by (service) (%s)"
                            .formatted(
                                Metric.bytes(Names.JVM_MEMORY_USED).series(),
                                Metric.bytes(Names.JVM_MEMORY_LIMIT).series()),
                        "{{service}}")),
                panel(
                    "Processors in use",
                    "CPU seconds in a second, by service.",
                    "short",
                    query(
                        Promql.rate(Metric.secondsCounter(Names.JVM_CPU_TIME), "service"),
                        "{{service}}")),
                panel(
                    "Time to scrape",
                    "A process that answers slowly is short of processor or memory.",
                    "s",
                    query(
                        "max by (service) (scrape_duration_seconds{%s})".formatted(OURS),
                        "{{service}}"))),
            row(
                "Viewers and callers",
                panel(
                    "Viewers",
                    "Open live connections.",
                    "short",
                    query("sum (" + Metric.plain(Names.CONSOLE_VIEWERS).series() + ")", "viewers")),
                panel(
                    "Updates passed on",
                    "Changed scenes told to viewers.",
                    "cps",
                    query(Promql.rate(Metric.counter(Names.CONSOLE_UPDATES)), "updates")),
                panel(
                    "Requests refused",
                    "Answered 429, because their tenant had asked too often (lite3r.requests.*).",
                    "cps",
                    query(
                        Promql.rate(Metric.counter(Names.REQUESTS_LIMITED), "service"),
                        "{{service}}")))));
  }
}
