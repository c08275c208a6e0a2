package io.lite3r.manifests;

import com.networknt.schema.JsonSchema;
import com.networknt.schema.ValidationMessage;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every field is one that its kind has. Kubernetes' own kinds are read into the Fabric8 model,
 * which keeps what it does not know in {@code additionalProperties}: there must be none. Strimzi's
 * kinds are held against the definitions that Strimzi's own generator writes, closed. A kind with
 * neither is a fault, except those that {@code k8s/tools/operators.mjs} judges.
 */
final class StrictModel implements Rule {
  /** KEDA and the Prometheus operator: their types are on npm, and the tool refuses other kinds. */
  static final Set<String> JUDGED_BY_TOOL = Set.of("keda.sh", "monitoring.coreos.com");

  private static final String STRIMZI = "kafka.strimzi.io";

  private final KubernetesSerialization serialization = new KubernetesSerialization();
  private final Map<String, JsonSchema> strimzi;

  /**
   * @param strimzi the schemas of Strimzi's kinds
   */
  StrictModel(Map<String, JsonSchema> strimzi) {
    this.strimzi = strimzi;
  }

  @Override
  public String proves() {
    return "every kind is known and so is every field of it";
  }

  @Override
  public List<String> faults(Overlay overlay) {
    List<String> faults = new ArrayList<>();
    for (Manifest manifest : overlay.manifests()) {
      if (manifest.group().equals(STRIMZI)) {
        faults.addAll(againstSchema(manifest));
      } else if (!JUDGED_BY_TOOL.contains(manifest.group())) {
        faults.addAll(againstModel(manifest));
      }
    }
    return faults;
  }

  private List<String> againstSchema(Manifest manifest) {
    JsonSchema schema = strimzi.get(manifest.apiVersion() + " " + manifest.kind());
    if (schema == null) {
      return List.of(
          "%s: unknown kind %s of %s"
              .formatted(manifest.id(), manifest.kind(), manifest.apiVersion()));
    }
    Set<String> found = new TreeSet<>();
    for (ValidationMessage message : schema.validate(manifest.node())) {
      found.add("%s: %s".formatted(manifest.id(), message.getMessage()));
    }
    return List.copyOf(found);
  }

  private List<String> againstModel(Manifest manifest) {
    Object read;
    try {
      read = serialization.unmarshal(manifest.node().toString());
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return List.of("%s: cannot be read: %s".formatted(manifest.id(), cause.getMessage()));
    }
    if (read instanceof GenericKubernetesResource) {
      return List.of(
          "%s: unknown kind %s of %s"
              .formatted(manifest.id(), manifest.kind(), manifest.apiVersion()));
    }
    List<String> unknown = new ArrayList<>();
    walk(read, manifest.id(), unknown);
    return unknown;
  }

  private static void walk(@Nullable Object value, String path, List<String> unknown) {
    if (value instanceof Collection<?> items) {
      int i = 0;
      for (Object item : items) {
        walk(item, "%s[%d]".formatted(path, i++), unknown);
      }
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, item) -> walk(item, path + "." + key, unknown));
    } else if (value != null && value.getClass().getName().startsWith("io.fabric8.kubernetes.")) {
      for (Class<?> type = value.getClass(); type != Object.class; type = type.getSuperclass()) {
        for (Field field : type.getDeclaredFields()) {
          if (!Modifier.isStatic(field.getModifiers()) && !value.getClass().isEnum()) {
            look(value, field, path, unknown);
          }
        }
      }
    }
  }

  private static void look(Object owner, Field field, String path, List<String> unknown) {
    try {
      field.setAccessible(true);
      Object value = field.get(owner);
      if (field.getName().equals("additionalProperties") && value instanceof Map<?, ?> map) {
        map.keySet().forEach(key -> unknown.add("%s: unknown field '%s'".formatted(path, key)));
      } else {
        walk(value, path + "." + field.getName(), unknown);
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field + " of the model cannot be read", e);
    }
  }
}
