package io.lite3r.schemas.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lite3r.schemas.access.ServiceAccess.ObjectAction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The policy document of one service's credentials, in the language that MinIO and AWS share. It
 * allows what access.yaml says under the prefixes it names, and nothing else: no bucket is made, no
 * other prefix is listed.
 */
public final class BucketPolicy {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Putting, reading and deleting objects, in the order in which statements stand. */
  private static final Map<ObjectAction, String> OBJECT_ACTIONS = new LinkedHashMap<>();

  static {
    OBJECT_ACTIONS.put(ObjectAction.READ, "s3:GetObject");
    OBJECT_ACTIONS.put(ObjectAction.WRITE, "s3:PutObject");
    OBJECT_ACTIONS.put(ObjectAction.DELETE, "s3:DeleteObject");
  }

  private BucketPolicy() {}

  /** The document as JSON. A service that touches no object gets one without statements. */
  public static String of(String service, String bucket) {
    Map<String, Set<ObjectAction>> objects = Access.stated().of(service).objects();
    List<Map<String, ?>> statements = new ArrayList<>();
    OBJECT_ACTIONS.forEach(
        (action, name) -> {
          List<String> resources =
              prefixes(objects, action).stream()
                  .map(prefix -> "arn:aws:s3:::%s/%s/*".formatted(bucket, prefix))
                  .toList();
          if (!resources.isEmpty()) {
            statements.add(statement(name, resources));
          }
        });
    List<String> listed =
        prefixes(objects, ObjectAction.LIST).stream().map(prefix -> prefix + "/*").toList();
    if (!listed.isEmpty()) {
      Map<String, Object> statement = statement("s3:ListBucket", List.of("arn:aws:s3:::" + bucket));
      statement.put("Condition", Map.of("StringLike", Map.of("s3:prefix", listed)));
      statements.add(statement);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("Version", "2012-10-17");
    document.put("Statement", statements);
    try {
      return JSON.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps and strings can be written as JSON", e);
    }
  }

  private static Set<String> prefixes(Map<String, Set<ObjectAction>> objects, ObjectAction wanted) {
    Set<String> prefixes = new TreeSet<>();
    objects.forEach(
        (prefix, actions) -> {
          if (actions.contains(wanted)) {
            prefixes.add(prefix);
          }
        });
    return prefixes;
  }

  private static Map<String, Object> statement(String action, List<String> resources) {
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("Effect", "Allow");
    statement.put("Action", List.of(action));
    statement.put("Resource", resources);
    return statement;
  }
}
