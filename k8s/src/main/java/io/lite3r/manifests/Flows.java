package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import io.lite3r.schemas.access.Access;
import java.util.ArrayList;
import java.util.List;

/**
 * The network lets through what the design has and nothing else: everything is denied first, each
 * policy beside that names both ends and the port, every service reaches Kafka and DNS, and those
 * reach the object store that access.yaml lets touch objects.
 */
final class Flows implements Rule {
  private static final int KAFKA = 9093;
  private static final String STORE = "services-to-object-store";

  @Override
  public String proves() {
    return "the network is closed but for named flows, and those that the services need are open";
  }

  @Override
  public List<String> faults(Overlay overlay) {
    List<String> faults = new ArrayList<>();
    List<Manifest> policies = overlay.ofKind("NetworkPolicy");
    if (policies.stream().noneMatch(Flows::deniesAll)) {
      faults.add("NetworkPolicy/default-deny: nothing denies what is not named");
    }
    for (Manifest policy : policies) {
      if (!deniesAll(policy)) {
        ends(policy, overlay, faults);
      }
    }
    for (PodTemplate pod : overlay.pods()) {
      if (pod.isService()) {
        if (!reaches(pod, policies, KAFKA)) {
          faults.add(pod.owner().id() + ": no flow to Kafka");
        }
        if (!isHeard(pod, overlay)) {
          faults.add(pod.owner().id() + ": Kafka's listener does not let it in");
        }
        boolean wants = !Access.stated().of(pod.owner().name()).objects().isEmpty();
        boolean may =
            policies.stream()
                .filter(policy -> policy.name().equals(STORE))
                .anyMatch(policy -> applies(policy, pod));
        if (wants != may) {
          faults.add(
              "%s: access.yaml and the flow to the object store disagree"
                  .formatted(pod.owner().id()));
        }
      }
      if (!reaches(pod, policies, 53)) {
        faults.add(pod.owner().id() + ": no flow to DNS");
      }
    }
    return faults;
  }

  private static boolean deniesAll(Manifest policy) {
    return policy.spec().path("podSelector").isEmpty()
        && policy.spec().path("policyTypes").size() == 2
        && policy.spec().path("ingress").isEmpty()
        && policy.spec().path("egress").isEmpty();
  }

  /** A rule without a peer or without ports opens more than it says. */
  private static void ends(Manifest policy, Overlay overlay, List<String> faults) {
    for (String direction : List.of("ingress", "egress")) {
      String peers = direction.equals("ingress") ? "from" : "to";
      for (JsonNode rule : policy.spec().path(direction)) {
        // The API server has no pods and no address that is known before there is a cluster.
        boolean toApiServer = policy.name().equals("entity-operator-to-api-server");
        if (rule.path(peers).isEmpty() && !toApiServer) {
          faults.add("%s: %s names no peer".formatted(policy.id(), direction));
        }
        if (rule.path("ports").isEmpty()) {
          faults.add("%s: %s names no port".formatted(policy.id(), direction));
        }
        for (JsonNode peer : rule.path(peers)) {
          if (peer.has("podSelector") && !peer.has("namespaceSelector")) {
            known(policy, peer.path("podSelector"), overlay, faults);
          }
        }
      }
    }
    known(policy, policy.spec().path("podSelector"), overlay, faults);
  }

  /** Pods of this namespace are ours, or made by Strimzi. */
  private static void known(
      Manifest policy, JsonNode selector, Overlay overlay, List<String> faults) {
    boolean ours = overlay.pods().stream().anyMatch(pod -> Overlay.selects(selector, pod.labels()));
    boolean strimzi =
        overlay.find("Kafka", selector.at("/matchLabels/strimzi.io~1cluster").asText()).isPresent();
    if (!ours && !strimzi) {
      faults.add("%s: its selector %s takes no pod".formatted(policy.id(), selector));
    }
  }

  private static boolean applies(Manifest policy, PodTemplate pod) {
    return Overlay.selects(policy.spec().path("podSelector"), pod.labels());
  }

  private static boolean reaches(PodTemplate pod, List<Manifest> policies, int port) {
    return policies.stream()
        .filter(policy -> applies(policy, pod))
        .flatMap(policy -> policy.spec().path("egress").valueStream())
        .flatMap(rule -> rule.path("ports").valueStream())
        .anyMatch(open -> open.path("port").asInt() == port);
  }

  private static boolean isHeard(PodTemplate pod, Overlay overlay) {
    return overlay.ofKind("Kafka").stream()
        .flatMap(kafka -> kafka.spec().at("/kafka/listeners").valueStream())
        .flatMap(listener -> listener.path("networkPolicyPeers").valueStream())
        .anyMatch(peer -> Overlay.selects(peer.path("podSelector"), pod.labels()));
  }
}
