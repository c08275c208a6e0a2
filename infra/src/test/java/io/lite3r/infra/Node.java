package io.lite3r.infra;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A place in a YAML file. Asking for what is not there gives an empty node.
 *
 * @param path where it is, for messages
 */
record Node(String path, Object value) {

  Node at(String key) {
    Object inner = value instanceof Map<?, ?> map ? map.get(key) : null;
    return new Node(path + "." + key, inner);
  }

  boolean isThere() {
    return value != null;
  }

  /** Its text, or empty. */
  String text() {
    return value == null ? "" : value.toString();
  }

  /** Entries of a mapping in their order; none when it is something else. */
  Map<String, Node> entries() {
    Map<String, Node> entries = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, inner) -> entries.put(key.toString(), at(key.toString())));
    }
    return entries;
  }

  /** Elements of a list; none when it is something else. */
  List<Node> elements() {
    return value instanceof List<?> list
        ? list.stream().map(inner -> new Node(path + "[]", inner)).toList()
        : List.of();
  }

  List<String> texts() {
    return elements().stream().map(Node::text).toList();
  }
}
