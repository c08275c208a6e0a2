package io.lite3r.tests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads a policy document as MinIO and AWS do: nothing is allowed unless a statement allows it, a
 * statement that denies wins, {@code *} and {@code ?} stand for any characters. What it does not
 * know of the language it refuses to judge.
 */
final class PolicyDocument {
  private static final Set<String> KNOWN =
      Set.of("Sid", "Effect", "Action", "Resource", "Condition");

  private final List<JsonNode> statements = new ArrayList<>();

  PolicyDocument(String json) {
    try {
      new ObjectMapper().readTree(json).get("Statement").forEach(statements::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (JsonNode statement : statements) {
      statement
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (!KNOWN.contains(name)) {
                  throw new IllegalArgumentException("not known of a statement: " + name);
                }
              });
    }
  }

  /**
   * Whether the request is allowed.
   *
   * @param action such as {@code s3:GetObject}
   * @param resource such as {@code arn:aws:s3:::bucket/key}
   * @param context what conditions ask for, such as {@code s3:prefix}
   */
  boolean allows(String action, String resource, Map<String, String> context) {
    boolean allowed = false;
    for (JsonNode statement : statements) {
      if (any(statement.get("Action"), action)
          && any(statement.get("Resource"), resource)
          && holds(statement.get("Condition"), context)) {
        if (statement.get("Effect").asText().equals("Deny")) {
          return false;
        }
        allowed = true;
      }
    }
    return allowed;
  }

  /** Each action with each thing it is allowed on, as the document writes them. */
  Set<String> grants() {
    Set<String> grants = new TreeSet<>();
    for (JsonNode statement : statements) {
      JsonNode listed = statement.at("/Condition/StringLike/s3:prefix");
      for (String action : texts(statement.get("Action"))) {
        texts(listed.isMissingNode() ? statement.get("Resource") : listed)
            .forEach(thing -> grants.add(action + " " + thing));
      }
    }
    return grants;
  }

  private static boolean holds(JsonNode condition, Map<String, String> context) {
    if (condition == null) {
      return true;
    }
    for (Map.Entry<String, JsonNode> operator : condition.properties()) {
      if (!operator.getKey().equals("StringLike")) {
        throw new IllegalArgumentException("not known of a condition: " + operator.getKey());
      }
      for (Map.Entry<String, JsonNode> key : operator.getValue().properties()) {
        String value = context.get(key.getKey());
        if (value == null || !any(key.getValue(), value)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean any(JsonNode patterns, String text) {
    return texts(patterns).stream().anyMatch(pattern -> like(pattern, text));
  }

  static boolean like(String pattern, String text) {
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toCharArray()) {
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(text).matches();
  }

  private static List<String> texts(JsonNode node) {
    List<String> texts = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(one -> texts.add(one.asText()));
    } else {
      texts.add(node.asText());
    }
    return texts;
  }
}
