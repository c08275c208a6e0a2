package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code RuntimeBundle OVERLAY SERVICE BUNDLE SECRETS SECCOMP [KEY=VALUE | -KEY]...}: writes what a
 * Deployment says of its container into the config.json of an unpacked image, as a kubelet's
 * runtime would: user, capabilities, privileges, seccomp, root file system, volumes, memory,
 * variables. The rest of the line changes variables. The network is the machine's, so that a stack
 * on loopback is reached.
 */
public final class RuntimeBundle {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a container has of whose capabilities nothing is said. */
  private static final List<String> DEFAULT_CAPABILITIES =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_NET_BIND_SERVICE",
          "CAP_SETFCAP",
          "CAP_SETGID",
          "CAP_SETPCAP",
          "CAP_SETUID");

  private RuntimeBundle() {}

  public static void main(String[] args) throws IOException {
    Overlay overlay = Overlay.read(Path.of(args[0]));
    PodTemplate pod = PodTemplate.of(overlay.find("Deployment", args[1]).orElseThrow());
    JsonNode container = pod.spec().at("/containers/0");
    Path file = Path.of(args[2], "config.json");
    ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());

    ObjectNode process = (ObjectNode) config.path("process");
    process.put("terminal", false);
    process.remove("rlimits"); // runtimes of clusters set none
    user(pod.spec().path("securityContext"), process);
    privileges(container.path("securityContext"), process);
    Map<String, String> variables = variables(overlay, container, process.path("env"));
    Arrays.stream(args).skip(5).forEach(change -> change(variables, change));
    ArrayNode environment = process.putArray("env");
    variables.forEach((name, value) -> environment.add(name + "=" + value));

    JsonNode readOnly = container.at("/securityContext/readOnlyRootFilesystem");
    ((ObjectNode) config.path("root")).put("readonly", readOnly.asBoolean());
    mounts(pod, container, args[3], (ArrayNode) config.path("mounts"));
    ObjectNode linux = (ObjectNode) config.path("linux");
    if (pod.spec().at("/securityContext/seccompProfile/type").asText().equals("RuntimeDefault")) {
      linux.set("seccomp", SeccompProfile.withoutCapabilities(Path.of(args[4])));
    }
    Quantity memory = new Quantity(container.at("/resources/limits/memory").asText());
    ((ObjectNode) linux.path("resources"))
        .putObject("memory")
        .put("limit", Quantity.getAmountInBytes(memory).longValueExact());
    shareNetwork(linux);
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), config);
  }

  private static void user(JsonNode context, ObjectNode process) {
    ObjectNode user = process.putObject("user");
    user.put("uid", context.path("runAsUser").asInt());
    user.put("gid", context.path("runAsGroup").asInt());
  }

  private static void privileges(JsonNode context, ObjectNode process) {
    process.put(
        "noNewPrivileges",
        context.has("allowPrivilegeEscalation")
            && !context.path("allowPrivilegeEscalation").asBoolean());
    boolean none = context.at("/capabilities/drop/0").asText().equals("ALL");
    ObjectNode capabilities = process.putObject("capabilities");
    for (String set : List.of("bounding", "effective", "inheritable", "permitted", "ambient")) {
      ArrayNode granted = capabilities.putArray(set);
      if (!none) {
        DEFAULT_CAPABILITIES.forEach(granted::add);
      }
    }
  }

  private static Map<String, String> variables(
      Overlay overlay, JsonNode container, JsonNode ofImage) {
    Map<String, String> variables = new TreeMap<>();
    ofImage.forEach(pair -> change(variables, pair.asText()));
    for (JsonNode from : container.path("envFrom")) {
      overlay
          .find("ConfigMap", from.at("/configMapRef/name").asText())
          .ifPresent(map -> variables.putAll(Manifest.strings(map.node().path("data"))));
    }
    for (JsonNode variable : container.path("env")) {
      if (variable.has("value")) {
        variables.put(variable.path("name").asText(), variable.path("value").asText());
      }
    }
    return variables;
  }

  private static void change(Map<String, String> variables, String change) {
    int equals = change.indexOf('=');
    if (equals < 0) {
      variables.remove(change.substring(1));
    } else {
      variables.put(change.substring(0, equals), change.substring(equals + 1));
    }
  }

  private static void mounts(
      PodTemplate pod, JsonNode container, String secrets, ArrayNode mounts) {
    for (JsonNode mount : container.path("volumeMounts")) {
      for (JsonNode volume : pod.spec().path("volumes")) {
        if (volume.path("name").equals(mount.path("name"))) {
          ObjectNode made = mounts.addObject().put("destination", mount.path("mountPath").asText());
          if (volume.has("projected")) {
            made.put("type", "bind").put("source", secrets);
            made.putArray("options").add("bind").add("ro");
          } else {
            String size = volume.at("/emptyDir/sizeLimit").asText().replace("i", "");
            made.put("type", "tmpfs").put("source", "tmpfs");
            made.putArray("options")
                .add("nosuid")
                .add("nodev")
                .add("mode=1777")
                .add("size=" + size);
          }
        }
      }
    }
  }

  private static void shareNetwork(ObjectNode linux) {
    ArrayNode kept = JSON.createArrayNode();
    for (JsonNode namespace : linux.path("namespaces")) {
      if (!namespace.path("type").asText().equals("network")) {
        kept.add(namespace);
      }
    }
    linux.set("namespaces", kept);
  }
}
