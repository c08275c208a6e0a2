package io.lite3r.standalone;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Percentiles by the nearest-rank rule: every number printed was really measured once. */
final class Percentiles {
  private final double[] sorted;

  Percentiles(DoubleStream values) {
    sorted = values.toArray();
    Arrays.sort(sorted);
  }

  /**
   * The smallest value that at least the given share of all values does not exceed; absent when
   * nothing was measured.
   */
  OptionalDouble at(double share) {
    return sorted.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)]);
  }

  /**
   * As JSON: {@code p50}, {@code p95}, ... rounded to three decimals; each null when nothing was
   * measured.
   */
  Map<String, @Nullable Double> json(int... percents) {
    Map<String, @Nullable Double> json = new LinkedHashMap<>();
    for (int percent : percents) {
      OptionalDouble value = at(percent / 100.0);
      json.put(
          "p" + percent,
          value.isPresent() ? Math.round(value.getAsDouble() * 1000) / 1000.0 : null);
    }
    return json;
  }
}
