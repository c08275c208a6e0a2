package io.lite3r.standalone;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Percentiles by the nearest-rank rule: every number printed was really measured once. */
final class Percentiles {
  private final double[] sorted;

  Percentiles(DoubleStream values) {
    sorted = values.toArray();
    Arrays.sort(sorted);
  }

  /**
   * The smallest value that at least the given share of all values does not exceed; 0 when there is
   * none.
   */
  double at(double share) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)];
  }

  /** As JSON: {@code p50}, {@code p95}, ... rounded to three decimals. */
  Map<String, Double> json(int... percents) {
    Map<String, Double> json = new LinkedHashMap<>();
    for (int percent : percents) {
      json.put("p" + percent, Math.round(at(percent / 100.0) * 1000) / 1000.0);
    }
    return json;
  }
}
