package io.lite3r.standalone;

import io.lite3r.capture.edge.CaptureSettings;
import io.lite3r.console.edge.ConsoleSettings;
import io.lite3r.fusion.edge.FusionConfig;
import io.lite3r.security.LimitSettings;
import io.lite3r.security.OidcSettings;
import io.lite3r.windowing.edge.WindowingSettings;
import io.smallrye.config.ConfigMapping;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys that {@code --set} takes: a misspelt one would change nothing and tell nobody. Those of
 * the frameworks below (Quarkus, its channels, Kafka) are many and theirs to know.
 */
final class KnownSettings {
  private static final List<String> FRAMEWORKS =
      List.of("quarkus.", "smallrye.", "mp.messaging.", "kafka.");

  /** Keys that services read one by one, outside a mapping. */
  private static final List<String> SINGLE =
      List.of(
          "lite3r.model.dir",
          "lite3r.provider",
          "lite3r.inference.threads",
          "lite3r.reconstruction.consumption",
          "lite3r.reconstruction.in-flight",
          "lite3r.reconstruction.look-ahead",
          "lite3r.reconstruction.deliveries",
          "lite3r.reconstruction.drain",
          "lite3r.engines.dir",
          "lite3r.s3.endpoint",
          "lite3r.s3.access-key",
          "lite3r.s3.secret-key",
          "lite3r.s3.bucket",
          "lite3r.s3.secret-key-file",
          "lite3r.kafka.user",
          "lite3r.kafka.password-file",
          "lite3r.kafka.ca",
          "lite3r.kafka.ca-password-file");

  private static final int SUGGESTIONS = 3;
  private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

  private KnownSettings() {}

  /**
   * @throws BadUsage when nothing reads the key; names it and the nearest ones
   */
  static void require(String key) {
    if (FRAMEWORKS.stream().anyMatch(key::startsWith) || all().contains(key)) {
      return;
    }
    throw new BadUsage(
        "--set %s: nothing reads that key; the nearest are %s (docs/operations.md has all)"
            .formatted(
                key,
                all().stream()
                    .sorted(Comparator.comparingInt((String known) -> distance(key, known)))
                    .limit(SUGGESTIONS)
                    .collect(Collectors.joining(", "))));
  }

  /** All keys of the services' own, sorted. */
  static Set<String> all() {
    Set<String> all = new TreeSet<>(SINGLE);
    Stream.of(
            CaptureSettings.class,
            WindowingSettings.class,
            FusionConfig.class,
            ConsoleSettings.class,
            OidcSettings.class,
            LimitSettings.class)
        .forEach(mapping -> all.addAll(keys(mapping)));
    return all;
  }

  /** A mapping's keys: its prefix, and each method's name with hyphens for capitals. */
  private static List<String> keys(Class<?> mapping) {
    String prefix = mapping.getAnnotation(ConfigMapping.class).prefix();
    return Arrays.stream(mapping.getDeclaredMethods())
        .filter(method -> Modifier.isAbstract(method.getModifiers()))
        .map(method -> CAPITAL.matcher(method.getName()).replaceAll("-$0"))
        .map(name -> prefix + "." + name.toLowerCase(Locale.ROOT))
        .toList();
  }

  /** Fewest insertions, deletions and replacements that make one of the other (Levenshtein). */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
