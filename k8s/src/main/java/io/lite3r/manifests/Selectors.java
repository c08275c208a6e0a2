package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whoever points at pods or services finds them: selectors take what they mean, ports exist, routes
 * end at a Service, Strimzi's parts name their cluster.
 */
final class Selectors implements Rule {
  @Override
  public String proves() {
    return "selectors, ports and routes end where they should";
  }

  @Override
  public List<String> faults(Overlay overlay) {
    List<String> faults = new ArrayList<>();
    selectors(overlay, faults);
    routes(overlay, faults);
    strimzi(overlay, faults);
    return faults;
  }

  private static void selectors(Overlay overlay, List<String> faults) {
    List<PodTemplate> pods = overlay.pods();
    for (PodTemplate pod : pods) {
      JsonNode selector = pod.owner().spec().path("selector");
      if (!selector.isMissingNode() && !Overlay.selects(selector, pod.labels())) {
        faults.add(pod.owner().id() + ": its selector does not take its own pods");
      }
    }
    for (Manifest service : overlay.ofKind("Service")) {
      List<PodTemplate> taken =
          pods.stream()
              .filter(
                  pod ->
                      Manifest.strings(service.spec().path("selector")).entrySet().stream()
                          .allMatch(e -> e.getValue().equals(pod.labels().get(e.getKey()))))
              .toList();
      if (taken.isEmpty()) {
        faults.add(service.id() + ": its selector takes no pod");
      }
      for (JsonNode port : service.spec().path("ports")) {
        String target = port.path("targetPort").asText();
        for (PodTemplate pod : taken) {
          if (!ports(pod).contains(target)) {
            faults.add("%s: %s has no port %s".formatted(service.id(), pod.owner().id(), target));
          }
        }
      }
    }
    for (String kind : List.of("PodDisruptionBudget", "PodMonitor")) {
      for (Manifest selecting : overlay.ofKind(kind)) {
        if (pods.stream()
            .noneMatch(p -> Overlay.selects(selecting.spec().path("selector"), p.labels()))) {
          faults.add(selecting.id() + ": its selector takes no pod");
        }
      }
    }
  }

  private static Set<String> ports(PodTemplate pod) {
    Set<String> names = new TreeSet<>();
    for (JsonNode container : pod.containers()) {
      container.path("ports").forEach(port -> names.add(port.path("name").asText()));
    }
    return names;
  }

  private static void routes(Overlay overlay, List<String> faults) {
    for (Manifest route : overlay.ofKind("HTTPRoute")) {
      for (JsonNode rule : route.spec().path("rules")) {
        for (JsonNode backend : rule.path("backendRefs")) {
          String name = backend.path("name").asText();
          boolean there =
              overlay.find("Service", name).stream()
                  .flatMap(service -> service.spec().path("ports").valueStream())
                  .anyMatch(port -> port.path("port").equals(backend.path("port")));
          if (!there) {
            faults.add(
                "%s: no Service '%s' with port %s"
                    .formatted(route.id(), name, backend.path("port")));
          }
        }
      }
    }
  }

  /**
   * Topics, users and nodes say by a label whose they are; a wrong one leaves them without effect.
   */
  private static void strimzi(Overlay overlay, List<String> faults) {
    for (String kind : List.of("KafkaTopic", "KafkaUser", "KafkaNodePool")) {
      for (Manifest part : overlay.ofKind(kind)) {
        String cluster = part.labels().getOrDefault("strimzi.io/cluster", "");
        if (overlay.find("Kafka", cluster).isEmpty()) {
          faults.add("%s: no Kafka '%s'".formatted(part.id(), cluster));
        }
      }
    }
  }
}
