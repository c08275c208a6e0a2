package io.lite3r.infra;

/** The few forms of PromQL that dashboards are made of. */
final class Promql {
  /** Grafana puts at least four scrapes in here, so that a rate has something to stand on. */
  private static final String SPAN = "[$__rate_interval]";

  private Promql() {}

  /** Growth of a counter in a second, all replicas together, by labels or as one line. */
  static String rate(Metric counter, String... by) {
    return "sum%s (rate(%s%s))".formatted(by(by), counter.series(), SPAN);
  }

  /** A quantile of a histogram over all replicas. */
  static String quantile(double share, Metric histogram) {
    return "histogram_quantile(%s, sum by (le) (rate(%s_bucket%s)))"
        .formatted(share, histogram.series(), SPAN);
  }

  /** Mean of a histogram over all replicas. */
  static String mean(Metric histogram) {
    return "sum (rate(%1$s_sum%2$s)) / sum (rate(%1$s_count%2$s))"
        .formatted(histogram.series(), SPAN);
  }

  /** A gauge's largest value of all replicas, by labels. */
  static String max(Metric gauge, String... by) {
    return "max%s (%s)".formatted(by(by), gauge.series());
  }

  /** Growth of a counter over the whole time shown. */
  static String grown(Metric counter, String... by) {
    return "sum%s (increase(%s[$__range]))".formatted(by(by), counter.series());
  }

  private static String by(String... labels) {
    return labels.length == 0 ? "" : " by (%s)".formatted(String.join(", ", labels));
  }
}
