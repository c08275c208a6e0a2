package io.lite3r.manifests;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.access.Access;
import io.lite3r.schemas.access.BucketPolicy;
import io.lite3r.schemas.access.KafkaRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The manifests that are made of topics.yaml, access.yaml and Prometheus' rules, and never edited:
 * {@code main} writes them into a tree, and the check compares.
 */
public final class Generated {
  private static final String BUCKET = "lite3r";
  private static final String MADE = "# Made by k8s/generate of %s. Change that.\n";
  private static final ObjectMapper YAML =
      new ObjectMapper(
          new YAMLFactory()
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES));

  private Generated() {}

  public static void main(String[] args) throws IOException {
    for (var file : files(Path.of(args[0])).entrySet()) {
      Path path = Path.of(args[0]).resolve(file.getKey());
      Files.createDirectories(path.resolveSibling("."));
      Files.writeString(path, file.getValue());
    }
  }

  /** Their contents by their place in the repository. */
  static Map<String, String> files(Path tree) throws IOException {
    Map<String, String> files = new TreeMap<>();
    files.put("k8s/components/kafka/topics.yaml", topics());
    files.put("k8s/components/kafka/users.yaml", users());
    files.put(
        "k8s/components/monitoring/rules.yaml", rules(tree.resolve("infra/prometheus/rules")));
    for (String service : services()) {
      if (!Access.stated().of(service).objects().isEmpty()) {
        files.put(
            "k8s/components/bucket/policies/%s.json".formatted(service),
            BucketPolicy.of(service, BUCKET) + "\n");
      }
    }
    return files;
  }

  /** What in the tree is not as it would be made. */
  static List<String> faults(Path tree) throws IOException {
    List<String> faults = new ArrayList<>();
    for (var file : files(tree).entrySet()) {
      Path path = tree.resolve(file.getKey());
      if (!Files.exists(path) || !Files.readString(path).equals(file.getValue())) {
        faults.add(file.getKey() + ": is not what its source says; run k8s/generate");
      }
    }
    return faults;
  }

  private static List<String> services() {
    return Overlay.SERVICES.stream().sorted().toList();
  }

  private static String topics() {
    StringBuilder yaml = new StringBuilder(MADE.formatted("schemas/topics.yaml"));
    yaml.append("# Replicas are the brokers' default, so that one broker can have them, too.\n");
    for (Topic topic : Topics.all()) {
      yaml.append(
          """
          ---
          apiVersion: kafka.strimzi.io/v1
          kind: KafkaTopic
          metadata:
            name: %s
            labels:
              strimzi.io/cluster: lite3r
          spec:
            partitions: %d
            config:
              retention.ms: %d
              max.message.bytes: %d
          """
              .formatted(
                  topic.name(),
                  topic.partitions(),
                  topic.retention().toMillis(),
                  topic.maxMessageBytes()));
    }
    return yaml.toString();
  }

  private static String users() {
    StringBuilder yaml =
        new StringBuilder(MADE.formatted("schemas/topics.yaml and schemas/access.yaml"));
    for (String service : services()) {
      yaml.append(
          """
          ---
          apiVersion: kafka.strimzi.io/v1
          kind: KafkaUser
          metadata:
            name: %s
            labels:
              strimzi.io/cluster: lite3r
          spec:
            authentication:
              type: scram-sha-512
            authorization:
              type: simple
              acls:
          """
              .formatted(service));
      rules(service).forEach(yaml::append);
    }
    return yaml.toString();
  }

  /** Prometheus' rule files as the one object that its operator takes. */
  private static String rules(Path folder) throws IOException {
    ObjectNode rule = YAML.createObjectNode();
    rule.put("apiVersion", "monitoring.coreos.com/v1").put("kind", "PrometheusRule");
    rule.putObject("metadata").put("name", "lite3r");
    ArrayNode groups = rule.putObject("spec").putArray("groups");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        YAML.readTree(file.toFile()).path("groups").forEach(groups::add);
      }
    }
    return MADE.formatted("infra/prometheus/rules") + YAML.writeValueAsString(rule);
  }

  /** One entry for each resource, with all that may be done with it. */
  private static List<String> rules(String service) {
    Map<String, TreeSet<String>> operations = new TreeMap<>();
    for (AclBinding rule : KafkaRules.of(service)) {
      operations
          .computeIfAbsent(
              "{type: %s, name: %s, patternType: %s}"
                  .formatted(
                      type(rule.pattern().resourceType()),
                      rule.pattern().name(),
                      rule.pattern().patternType() == PatternType.PREFIXED ? "prefix" : "literal"),
              absent -> new TreeSet<>())
          .add(capitalised(rule.entry().operation().name()));
    }
    return operations.entrySet().stream()
        .map(
            entry ->
                "      - resource: %s\n        operations: [%s]\n"
                    .formatted(entry.getKey(), String.join(", ", entry.getValue())))
        .toList();
  }

  private static String type(ResourceType type) {
    return switch (type) {
      case TOPIC -> "topic";
      case GROUP -> "group";
      case TRANSACTIONAL_ID -> "transactionalId";
      case CLUSTER -> "cluster";
      default -> throw new IllegalArgumentException("Strimzi has no rules on " + type);
    };
  }

  /** An operation's name as Strimzi writes it: AlterConfigs. */
  private static String capitalised(String constant) {
    return Arrays.stream(constant.split("_"))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }
}
