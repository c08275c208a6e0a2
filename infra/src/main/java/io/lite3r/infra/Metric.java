package io.lite3r.infra;

/**
 * A metric by the name that Prometheus knows it by: dots become underscores, unit and kind become
 * suffixes. A test compares these names with what the running services show.
 *
 * @param series for a histogram without {@code _bucket}
 */
record Metric(String series) {

  /** A counter of things. */
  static Metric counter(String name) {
    return new Metric(underscored(name) + "_total");
  }

  /** A counter of bytes. */
  static Metric bytesCounter(String name) {
    return new Metric(underscored(name) + "_bytes_total");
  }

  /** A counter of seconds. */
  static Metric secondsCounter(String name) {
    return new Metric(underscored(name) + "_seconds_total");
  }

  /** A histogram in seconds. */
  static Metric seconds(String name) {
    return new Metric(underscored(name) + "_seconds");
  }

  /** A histogram of a number without a unit (its unit is 1). */
  static Metric ratio(String name) {
    return new Metric(underscored(name).replaceFirst("(_ratio)?$", "_ratio"));
  }

  /** A gauge of things. */
  static Metric plain(String name) {
    return new Metric(underscored(name));
  }

  /** A gauge in bytes. */
  static Metric bytes(String name) {
    return new Metric(underscored(name) + "_bytes");
  }

  private static String underscored(String name) {
    return name.replace('.', '_');
  }
}
