package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The schemas of Strimzi's kinds, from the definitions (CRDs) that its generator makes of its
 * classes. An API server would drop a field that is not listed; here it is refused.
 */
final class StrimziSchemas {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private StrimziSchemas() {}

  /**
   * By "group/version Kind".
   *
   * @param definitions the folder into which Strimzi's generator has written
   */
  static Map<String, JsonSchema> byKind(Path definitions) throws IOException {
    Map<String, JsonSchema> schemas = new HashMap<>();
    try (Stream<Path> files = Files.list(definitions)) {
      for (Path file : files.sorted().toList()) {
        add(YAML.readTree(file.toFile()), schemas);
      }
    }
    return schemas;
  }

  private static void add(JsonNode definition, Map<String, JsonSchema> schemas) {
    JsonNode spec = definition.path("spec");
    JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4);
    for (JsonNode version : spec.path("versions")) {
      JsonNode schema = version.at("/schema/openAPIV3Schema");
      close(schema);
      String name =
          "%s/%s %s"
              .formatted(
                  spec.path("group").asText(),
                  version.path("name").asText(),
                  spec.at("/names/kind").asText());
      schemas.put(name, factory.getSchema(schema));
    }
  }

  /** Where fields are listed there are no others, unless the definition says so. */
  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("additionalProperties")
        && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
      object.put("additionalProperties", false);
    }
    List<JsonNode> below = new ArrayList<>();
    schema.forEach(below::add);
    below.forEach(StrimziSchemas::close);
  }
}
