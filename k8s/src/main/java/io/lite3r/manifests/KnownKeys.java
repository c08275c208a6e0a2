package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every variable of a service is a setting that it reads: a misspelt one would change nothing and
 * tell nobody. Our own are those of docs/operations.md, which a test of the command line holds
 * against the code; a stage's go to that stage. Of the frameworks' the few that are used are
 * listed.
 */
final class KnownKeys implements Rule {
  private static final Pattern ROW = Pattern.compile("^\\| (`.*?) \\|");
  private static final Pattern KEY = Pattern.compile("`([a-z0-9.-]+\\*?)`");
  private static final Pattern STAGE =
      Pattern.compile("LITE3R_(CAPTURE|WINDOWING|RECONSTRUCTION|FUSION|CONSOLE)_.*");
  private static final Set<String> FRAMEWORKS =
      Set.of("JDK_JAVA_OPTIONS", "QUARKUS_SHUTDOWN_TIMEOUT", "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT");

  private final Set<String> known;

  KnownKeys(Set<String> known) {
    this.known = known;
  }

  @Override
  public String proves() {
    return "every variable is a setting that its service reads";
  }

  /** The keys of the table in docs/operations.md, as variables. */
  static Set<String> documented(Path tree) throws IOException {
    Set<String> names = new TreeSet<>(FRAMEWORKS);
    for (String line : Files.readAllLines(tree.resolve("docs/operations.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.find()) {
        String first = "";
        Matcher key = KEY.matcher(row.group(1));
        while (key.find()) {
          // `lite3r.s3.endpoint`, `.bucket`: the second is a sibling of the first.
          String name = key.group(1);
          if (name.startsWith(".")) {
            name = first.substring(0, first.lastIndexOf('.')) + name;
          } else {
            first = name;
          }
          names.add(name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"));
        }
      }
    }
    return names;
  }

  @Override
  public List<String> faults(Overlay overlay) {
    List<String> faults = new ArrayList<>();
    for (PodTemplate pod : overlay.pods()) {
      if (pod.isService()) {
        for (String name : names(pod, overlay)) {
          if (!isKnown(name)) {
            faults.add("%s: nothing reads %s".formatted(pod.owner().id(), name));
          }
          Matcher stage = STAGE.matcher(name);
          if (stage.matches()
              && !stage.group(1).toLowerCase(Locale.ROOT).equals(pod.owner().name())) {
            faults.add("%s: %s is another stage's".formatted(pod.owner().id(), name));
          }
        }
      }
    }
    return faults;
  }

  /** A documented name that ends in * is a prefix. */
  private boolean isKnown(String name) {
    return known.contains(name)
        || known.stream()
            .anyMatch(k -> k.endsWith("*") && name.startsWith(k.substring(0, k.length() - 1)));
  }

  private static Set<String> names(PodTemplate pod, Overlay overlay) {
    Set<String> names = new TreeSet<>();
    for (JsonNode container : pod.containers()) {
      container.path("env").forEach(variable -> names.add(variable.path("name").asText()));
      for (JsonNode from : container.path("envFrom")) {
        overlay
            .find("ConfigMap", from.at("/configMapRef/name").asText())
            .map(config -> Manifest.strings(config.node().path("data")))
            .map(Map::keySet)
            .ifPresent(names::addAll);
      }
    }
    return names;
  }
}
