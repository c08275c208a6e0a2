package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The pods that an object of the overlay makes.
 *
 * @param owner the Deployment, StatefulSet or Job
 * @param labels that its pods have
 * @param spec of its pods
 */
public record PodTemplate(Manifest owner, Map<String, String> labels, JsonNode spec) {

  static PodTemplate of(Manifest owner) {
    JsonNode template = owner.spec().path("template");
    return new PodTemplate(
        owner, Manifest.strings(template.at("/metadata/labels")), template.path("spec"));
  }

  /** Those that run, and those that run before them. */
  public List<JsonNode> containers() {
    List<JsonNode> all = new ArrayList<>();
    spec.path("initContainers").forEach(all::add);
    spec.path("containers").forEach(all::add);
    return all;
  }

  /** Whether it is one of ours, and not the object store or a bootstrap. */
  public boolean isService() {
    return Overlay.SERVICES.contains(owner.name()) && owner.kind().equals("Deployment");
  }
}
