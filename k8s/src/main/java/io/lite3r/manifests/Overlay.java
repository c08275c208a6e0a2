package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All objects of an overlay as {@code kubectl kustomize} prints them. */
public record Overlay(String name, List<Manifest> manifests) {
  public static final Set<String> SERVICES =
      Set.of("capture", "windowing", "reconstruction", "fusion", "console");

  private static final Set<String> WITH_PODS = Set.of("Deployment", "StatefulSet", "Job");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  public static Overlay read(Path rendered) throws IOException {
    List<Manifest> manifests = new ArrayList<>();
    try (var documents =
        YAML.readerFor(JsonNode.class).<JsonNode>readValues(Files.readString(rendered))) {
      while (documents.hasNext()) {
        manifests.add(new Manifest(documents.next()));
      }
    }
    String file = String.valueOf(rendered.getFileName());
    return new Overlay(file.replaceFirst("\\.yaml$", ""), List.copyOf(manifests));
  }

  public List<Manifest> ofKind(String kind) {
    return manifests.stream().filter(manifest -> manifest.kind().equals(kind)).toList();
  }

  public Optional<Manifest> find(String kind, String name) {
    return ofKind(kind).stream().filter(manifest -> manifest.name().equals(name)).findFirst();
  }

  public List<PodTemplate> pods() {
    return manifests.stream()
        .filter(manifest -> WITH_PODS.contains(manifest.kind()))
        .map(PodTemplate::of)
        .toList();
  }

  /** Whether a label selector of Kubernetes takes these labels; an empty one takes all. */
  public static boolean selects(JsonNode selector, Map<String, String> labels) {
    for (var wanted : selector.path("matchLabels").properties()) {
      if (!wanted.getValue().asText().equals(labels.get(wanted.getKey()))) {
        return false;
      }
    }
    for (JsonNode expression : selector.path("matchExpressions")) {
      String value = labels.get(expression.path("key").asText());
      List<String> values = new ArrayList<>();
      expression.path("values").forEach(v -> values.add(v.asText()));
      boolean taken =
          switch (expression.path("operator").asText()) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> throw new IllegalArgumentException("no such operator: " + expression);
          };
      if (!taken) {
        return false;
      }
    }
    return true;
  }
}
