package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Every pod is as little as it can be: no root, no capability, the runtime's seccomp profile, a
 * root file system that nobody writes, no token of the API server, stated resources, and, when it
 * stays, probes, a disruption budget, and time to finish what it has in hand.
 */
final class PodPolicy implements Rule {
  private static final int PRE_STOP_AND_MARGIN_S = 10;
  private static final int KUBERNETES_PROGRESS_DEADLINE_S = 600;

  @Override
  public String proves() {
    return "no pod has more rights than it needs, and each has limits, probes and a budget";
  }

  @Override
  public List<String> faults(Overlay overlay) {
    List<String> faults = new ArrayList<>();
    for (PodTemplate pod : overlay.pods()) {
      String id = pod.owner().id();
      JsonNode context = pod.spec().path("securityContext");
      require(faults, id, context.path("runAsNonRoot").asBoolean(), "runAsNonRoot is not true");
      require(faults, id, context.path("runAsUser").asInt() > 0, "runAsUser is not above 0");
      require(
          faults,
          id,
          context.at("/seccompProfile/type").asText().equals("RuntimeDefault"),
          "seccompProfile is not RuntimeDefault");
      require(
          faults,
          id,
          pod.spec().has("automountServiceAccountToken")
              && !pod.spec().path("automountServiceAccountToken").asBoolean(),
          "a service account's token is mounted");
      for (String shared : List.of("hostNetwork", "hostPID", "hostIPC")) {
        require(faults, id, !pod.spec().path(shared).asBoolean(), shared + " is true");
      }
      pod.containers().forEach(container -> container(container, id, faults));
      if (!pod.owner().kind().equals("Job")) {
        stays(pod, overlay, faults);
      }
    }
    return faults;
  }

  private static void container(JsonNode container, String owner, List<String> faults) {
    String id = owner + " container " + container.path("name").asText();
    JsonNode context = container.path("securityContext");
    require(
        faults,
        id,
        context.has("allowPrivilegeEscalation")
            && !context.path("allowPrivilegeEscalation").asBoolean(),
        "allowPrivilegeEscalation is not false");
    require(
        faults,
        id,
        context.path("readOnlyRootFilesystem").asBoolean(),
        "readOnlyRootFilesystem is not true");
    require(
        faults,
        id,
        context.at("/capabilities/drop/0").asText().equals("ALL")
            && context.at("/capabilities/add").isEmpty(),
        "capabilities are not all dropped");
    require(faults, id, !context.path("privileged").asBoolean(), "it is privileged");
    for (String resource : List.of("cpu", "memory")) {
      for (String bound : List.of("requests", "limits")) {
        require(
            faults,
            id,
            container.at("/resources/%s/%s".formatted(bound, resource)).isValueNode(),
            "no %s of %s".formatted(bound, resource));
      }
    }
    JsonNode memory = container.path("resources");
    require(
        faults,
        id,
        memory.at("/requests/memory").equals(memory.at("/limits/memory")),
        "memory that is not requested in full can be taken away");
  }

  private static void stays(PodTemplate pod, Overlay overlay, List<String> faults) {
    String id = pod.owner().id();
    int longestPreStop = 0;
    for (JsonNode container : pod.spec().path("containers")) {
      for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
        require(faults, id, container.path(probe).has("httpGet"), "no " + probe);
        String port = container.at("/%s/httpGet/port".formatted(probe)).asText();
        require(
            faults, id, portNames(container).contains(port), probe + " asks no port of its own");
      }
      longestPreStop =
          Math.max(longestPreStop, container.at("/lifecycle/preStop/sleep/seconds").asInt());
    }
    require(
        faults,
        id,
        pod.spec().path("terminationGracePeriodSeconds").asInt()
            >= longestPreStop + PRE_STOP_AND_MARGIN_S,
        "terminationGracePeriodSeconds leaves no time after preStop");
    List<Manifest> budgets =
        overlay.ofKind("PodDisruptionBudget").stream()
            .filter(budget -> Overlay.selects(budget.spec().path("selector"), pod.labels()))
            .toList();
    require(faults, id, !budgets.isEmpty(), "no PodDisruptionBudget covers it");
    require(
        faults,
        id,
        budgets.stream()
            .allMatch(
                budget ->
                    budget
                        .spec()
                        .path("unhealthyPodEvictionPolicy")
                        .asText()
                        .equals("AlwaysAllow")),
        "a pod that is not ready keeps its node from being drained");
    if (pod.owner().kind().equals("Deployment")) {
      require(
          faults,
          id,
          longestStart(pod)
              < pod.owner()
                  .spec()
                  .path("progressDeadlineSeconds")
                  .asInt(KUBERNETES_PROGRESS_DEADLINE_S),
          "its rollout is called failed before its startup probe gives up");
    }
  }

  private static int longestStart(PodTemplate pod) {
    int longest = 0;
    for (JsonNode container : pod.spec().path("containers")) {
      JsonNode probe = container.path("startupProbe");
      longest =
          Math.max(
              longest,
              probe.path("periodSeconds").asInt(10) * probe.path("failureThreshold").asInt(3));
    }
    return longest;
  }

  private static Set<String> portNames(JsonNode container) {
    Set<String> names = new java.util.HashSet<>();
    container.path("ports").forEach(port -> names.add(port.path("name").asText()));
    return names;
  }

  private static void require(List<String> faults, String id, boolean holds, String otherwise) {
    if (!holds) {
      faults.add(id + ": " + otherwise);
    }
  }
}
