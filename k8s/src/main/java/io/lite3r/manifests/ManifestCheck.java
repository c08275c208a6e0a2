package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code ManifestCheck TREE RENDERED STRIMZI}: holds every overlay in the folder RENDERED, and what
 * in TREE it must agree with, against every rule; STRIMZI is the folder with its definitions.
 * Prints the faults and ends with 1, or what was proved. What {@code k8s/tools/operators.mjs}
 * judges is written beside each overlay as JSON.
 */
public final class ManifestCheck {
  private static final Pattern VERSION = Pattern.compile("(?m)^  <version>(.*)</version>");

  private ManifestCheck() {}

  public static void main(String[] args) throws IOException {
    Path tree = Path.of(args[0]);
    List<Rule> rules = rules(tree, Path.of(args[1]), Path.of(args[2]));
    List<String> faults = new ArrayList<>(Generated.faults(tree));
    List<Overlay> overlays = overlays(Path.of(args[1]));
    int objects = 0;
    for (Overlay overlay : overlays) {
      objects += overlay.manifests().size();
      Files.writeString(
          Path.of(args[1]).resolve(overlay.name() + ".operators.json"),
          overlay.manifests().stream()
              .filter(manifest -> StrictModel.JUDGED_BY_TOOL.contains(manifest.group()))
              .map(manifest -> manifest.node().toString())
              .collect(Collectors.joining(",", "[", "]")));
      for (Rule rule : rules) {
        rule.faults(overlay).forEach(fault -> faults.add(overlay.name() + " " + fault));
      }
    }
    faults.forEach(System.out::println);
    if (!faults.isEmpty()) {
      System.out.printf("%d faults%n", faults.size());
      System.exit(1);
    }
    System.out.printf(
        "%d overlays, %d objects: %s%n",
        overlays.size(), objects, String.join("; ", rules.stream().map(Rule::proves).toList()));
  }

  /** All rules, against what the tree says. */
  static List<Rule> rules(Path tree, Path rendered, Path strimzi) throws IOException {
    return List.of(
        new StrictModel(StrimziSchemas.byKind(strimzi)),
        new References(secrets(rendered.resolve("secrets"))),
        new Selectors(),
        new PodPolicy(),
        new Flows(),
        new KafkaAgrees(property(tree, "kafka.version")),
        new KnownKeys(KnownKeys.documented(tree)),
        new Images(version(tree)));
  }

  /** Those that were built, by name. */
  static List<Overlay> overlays(Path rendered) throws IOException {
    List<Overlay> overlays = new ArrayList<>();
    try (Stream<Path> files = Files.list(rendered)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        overlays.add(Overlay.read(file));
      }
    }
    if (overlays.isEmpty()) {
      throw new IOException("no overlay in " + rendered);
    }
    return overlays;
  }

  /** What {@code k8s/secrets} printed: names and keys. */
  private static Map<String, Set<String>> secrets(Path printed) throws IOException {
    Map<String, Set<String>> secrets = new TreeMap<>();
    for (Manifest secret : Overlay.read(printed).manifests()) {
      JsonNode data = secret.node().path("stringData");
      secrets.put(secret.name(), Manifest.strings(data).keySet());
    }
    return secrets;
  }

  private static String property(Path tree, String name) throws IOException {
    Matcher value =
        Pattern.compile("<%1$s>(.*)</%1$s>".formatted(Pattern.quote(name)))
            .matcher(Files.readString(tree.resolve("pom.xml")));
    if (!value.find()) {
      throw new IOException("pom.xml states no " + name);
    }
    return value.group(1);
  }

  private static String version(Path tree) throws IOException {
    Matcher version = VERSION.matcher(Files.readString(tree.resolve("pom.xml")));
    if (!version.find()) {
      throw new IOException("pom.xml states no version");
    }
    return version.group(1);
  }
}
