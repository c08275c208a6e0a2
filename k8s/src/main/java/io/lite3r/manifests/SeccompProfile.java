package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The filter that {@code RuntimeDefault} stands for, as CRI-O and Podman ship it, in the words of
 * the OCI runtime specification: rules for capabilities that a container does not have, and for
 * other processors, are left out.
 */
final class SeccompProfile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SeccompProfile() {}

  /**
   * @param shipped containers' seccomp.json
   */
  static ObjectNode withoutCapabilities(Path shipped) throws IOException {
    JsonNode profile = JSON.readTree(shipped.toFile());
    ObjectNode filter = JSON.createObjectNode();
    filter.set("defaultAction", profile.path("defaultAction"));
    if (profile.has("defaultErrnoRet")) {
      filter.set("defaultErrnoRet", profile.path("defaultErrnoRet"));
    }
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    for (JsonNode map : profile.path("archMap")) {
      if (map.path("architecture")
          .asText()
          .equals(arm ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64")) {
        ArrayNode architectures = filter.putArray("architectures").add(map.get("architecture"));
        map.path("subArchitectures").forEach(architectures::add);
      }
    }
    ArrayNode rules = filter.putArray("syscalls");
    for (JsonNode rule : profile.path("syscalls")) {
      if (applies(rule, arm ? "arm64" : "amd64")) {
        ObjectNode kept = rules.addObject();
        for (String field : new String[] {"names", "action", "args", "errnoRet"}) {
          if (rule.hasNonNull(field)) {
            kept.set(field, rule.get(field));
          }
        }
      }
    }
    return filter;
  }

  private static boolean applies(JsonNode rule, String processor) {
    return rule.at("/includes/caps").isEmpty()
        && (rule.at("/includes/arches").isEmpty()
            || rule.at("/includes/arches").toString().contains('"' + processor + '"'))
        && !rule.at("/excludes/arches").toString().contains('"' + processor + '"');
  }
}
