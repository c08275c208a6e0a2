package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** One object of an overlay. */
public record Manifest(JsonNode node) {

  public String apiVersion() {
    return node.path("apiVersion").asText();
  }

  /** The API's group; empty for Kubernetes' oldest. */
  public String group() {
    int slash = apiVersion().indexOf('/');
    return slash < 0 ? "" : apiVersion().substring(0, slash);
  }

  public String kind() {
    return node.path("kind").asText();
  }

  public String name() {
    return node.at("/metadata/name").asText();
  }

  /** As faults name it. */
  public String id() {
    return kind() + "/" + name();
  }

  public JsonNode spec() {
    return node.path("spec");
  }

  public Map<String, String> labels() {
    return strings(node.at("/metadata/labels"));
  }

  static Map<String, String> strings(JsonNode object) {
    Map<String, String> strings = new HashMap<>();
    object.properties().forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText()));
    return strings;
  }
}
