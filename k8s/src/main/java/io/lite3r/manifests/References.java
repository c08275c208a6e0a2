package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whatever a pod names is there: ConfigMaps, Secrets, keys of them, accounts, volumes. Secrets come
 * from Strimzi (one for each KafkaUser, one with the cluster's certificate) or from {@code
 * k8s/secrets}; none lies in an overlay.
 */
final class References implements Rule {
  private final Map<String, Set<String>> madeByScript;

  /**
   * @param madeByScript the Secrets that {@code k8s/secrets} makes, and their keys
   */
  References(Map<String, Set<String>> madeByScript) {
    this.madeByScript = madeByScript;
  }

  @Override
  public String proves() {
    return "every ConfigMap, Secret, key, account and volume that is named is there";
  }

  @Override
  public List<String> faults(Overlay overlay) {
    List<String> faults = new ArrayList<>();
    Map<String, Set<String>> secrets = secrets(overlay);
    Map<String, Set<String>> configs = configs(overlay);
    for (Manifest secret : overlay.ofKind("Secret")) {
      faults.add(secret.id() + ": a secret lies in the repository");
    }
    for (PodTemplate pod : overlay.pods()) {
      account(pod, overlay, faults);
      volumes(pod, secrets, configs, faults);
      for (JsonNode container : pod.containers()) {
        environment(pod, container, secrets, configs, faults);
      }
    }
    for (Manifest authentication : overlay.ofKind("TriggerAuthentication")) {
      authentication
          .spec()
          .path("secretTargetRef")
          .forEach(ref -> key(authentication.id(), "Secret", ref, secrets, faults));
      authentication
          .spec()
          .path("configMapTargetRef")
          .forEach(ref -> key(authentication.id(), "ConfigMap", ref, configs, faults));
    }
    return faults;
  }

  private Map<String, Set<String>> secrets(Overlay overlay) {
    Map<String, Set<String>> secrets = new TreeMap<>(madeByScript);
    for (Manifest user : overlay.ofKind("KafkaUser")) {
      secrets.put(user.name(), Set.of("password", "sasl.jaas.config"));
    }
    for (Manifest kafka : overlay.ofKind("Kafka")) {
      secrets.put(kafka.name() + "-cluster-ca-cert", Set.of("ca.crt", "ca.p12", "ca.password"));
    }
    return secrets;
  }

  private static Map<String, Set<String>> configs(Overlay overlay) {
    Map<String, Set<String>> configs = new TreeMap<>();
    for (Manifest config : overlay.ofKind("ConfigMap")) {
      configs.put(
          config.name(), new TreeSet<>(Manifest.strings(config.node().path("data")).keySet()));
    }
    return configs;
  }

  private static void account(PodTemplate pod, Overlay overlay, List<String> faults) {
    String account = pod.spec().path("serviceAccountName").asText();
    if (overlay.find("ServiceAccount", account).isEmpty()) {
      faults.add("%s: no ServiceAccount '%s'".formatted(pod.owner().id(), account));
    }
  }

  private static void volumes(
      PodTemplate pod,
      Map<String, Set<String>> secrets,
      Map<String, Set<String>> configs,
      List<String> faults) {
    String id = pod.owner().id();
    Set<String> volumes = new TreeSet<>();
    for (JsonNode volume : pod.spec().path("volumes")) {
      volumes.add(volume.path("name").asText());
      if (volume.has("secret")) {
        faults.add(id + ": a whole Secret is mounted; name the keys that are needed");
      }
      if (volume.has("configMap")) {
        exists(id, "ConfigMap", volume.at("/configMap/name").asText(), configs, faults);
      }
      if (volume.has("persistentVolumeClaim")) {
        faults.add(id + ": a claim is named that no object here makes");
      }
      for (JsonNode source : volume.at("/projected/sources")) {
        JsonNode secret = source.path("secret");
        for (JsonNode item : secret.path("items")) {
          key(
              id,
              "Secret",
              secret.path("name").asText(),
              item.path("key").asText(),
              secrets,
              faults);
        }
      }
    }
    pod.owner()
        .spec()
        .path("volumeClaimTemplates")
        .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
    for (JsonNode container : pod.containers()) {
      for (JsonNode mount : container.path("volumeMounts")) {
        if (!volumes.contains(mount.path("name").asText())) {
          faults.add("%s: no volume '%s'".formatted(id, mount.path("name").asText()));
        }
      }
    }
  }

  private static void environment(
      PodTemplate pod,
      JsonNode container,
      Map<String, Set<String>> secrets,
      Map<String, Set<String>> configs,
      List<String> faults) {
    String id = pod.owner().id();
    for (JsonNode from : container.path("envFrom")) {
      exists(id, "ConfigMap", from.at("/configMapRef/name").asText(), configs, faults);
    }
    for (JsonNode variable : container.path("env")) {
      JsonNode from = variable.path("valueFrom");
      if (from.has("secretKeyRef")) {
        key(id, "Secret", from.path("secretKeyRef"), secrets, faults);
      } else if (from.has("configMapKeyRef")) {
        key(id, "ConfigMap", from.path("configMapKeyRef"), configs, faults);
      } else if (variable.path("name").asText().matches(".*(PASSWORD|SECRET_KEY|TOKEN)$")) {
        faults.add("%s: %s is written down".formatted(id, variable.path("name").asText()));
      }
    }
  }

  private static void key(
      String id, String kind, JsonNode ref, Map<String, Set<String>> known, List<String> faults) {
    key(id, kind, ref.path("name").asText(), ref.path("key").asText(), known, faults);
  }

  private static void key(
      String id,
      String kind,
      String name,
      String key,
      Map<String, Set<String>> known,
      List<String> faults) {
    if (exists(id, kind, name, known, faults)
        && !known.getOrDefault(name, Set.of()).contains(key)) {
      faults.add("%s: %s '%s' has no key '%s'".formatted(id, kind, name, key));
    }
  }

  private static boolean exists(
      String id, String kind, String name, Map<String, Set<String>> known, List<String> faults) {
    if (known.containsKey(name)) {
      return true;
    }
    faults.add("%s: no %s '%s'".formatted(id, kind, name));
    return false;
  }
}
