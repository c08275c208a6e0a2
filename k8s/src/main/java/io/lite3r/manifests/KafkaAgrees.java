package io.lite3r.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The overlay's topics are those of topics.yaml, with its partitions, retention and byte limits;
 * the brokers are of the tested version, stand apart and take the largest record; no setting wants
 * more copies than there are nodes; scaling stops at the partitions.
 */
final class KafkaAgrees implements Rule {
  private final String version;

  /**
   * @param version of Kafka that the build is tested with
   */
  KafkaAgrees(String version) {
    this.version = version;
  }

  @Override
  public String proves() {
    return "topics, brokers and scaling agree with topics.yaml";
  }

  @Override
  public List<String> faults(Overlay overlay) {
    List<String> faults = new ArrayList<>();
    Map<String, Manifest> topics = new TreeMap<>();
    overlay.ofKind("KafkaTopic").forEach(topic -> topics.put(topic.name(), topic));
    for (Topic topic : Topics.all()) {
      Manifest there = topics.remove(topic.name());
      if (there == null) {
        faults.add("KafkaTopic/%s: is not there".formatted(topic.name()));
      } else {
        JsonNode spec = there.spec();
        equal(faults, there, "partitions", topic.partitions(), spec.path("partitions"));
        JsonNode config = spec.path("config");
        equal(
            faults,
            there,
            "retention.ms",
            topic.retention().toMillis(),
            config.path("retention.ms"));
        equal(
            faults,
            there,
            "max.message.bytes",
            topic.maxMessageBytes(),
            config.path("max.message.bytes"));
      }
    }
    topics.values().forEach(t -> faults.add(t.id() + ": topics.yaml has no such topic"));
    overlay.ofKind("Kafka").forEach(kafka -> brokers(kafka, overlay, faults));
    overlay.ofKind("ScaledObject").forEach(scaled -> scaling(scaled, overlay, faults));
    return faults;
  }

  private static void equal(
      List<String> faults, Manifest manifest, String what, long wanted, JsonNode there) {
    if (there.asLong() != wanted) {
      faults.add("%s: %s is %s, topics.yaml says %d".formatted(manifest.id(), what, there, wanted));
    }
  }

  private void brokers(Manifest kafka, Overlay overlay, List<String> faults) {
    if (!kafka.spec().at("/kafka/version").asText().equals(version)) {
      faults.add(
          "%s: version is %s, the services are tested with %s"
              .formatted(kafka.id(), kafka.spec().at("/kafka/version"), version));
    }
    overlay.ofKind("KafkaNodePool").forEach(pool -> apart(pool, faults));
    JsonNode config = kafka.spec().at("/kafka/config");
    long largest = Topics.all().stream().mapToLong(Topic::maxMessageBytes).max().orElseThrow();
    for (String limit : List.of("message.max.bytes", "replica.fetch.max.bytes")) {
      equal(faults, kafka, limit, largest, config.path(limit));
    }
    long nodes =
        overlay.ofKind("KafkaNodePool").stream()
            .filter(pool -> pool.spec().path("roles").toString().contains("broker"))
            .mapToLong(pool -> pool.spec().path("replicas").asLong())
            .sum();
    for (var setting : config.properties()) {
      if (setting.getKey().matches(".*(replication\\.factor|min\\.isr|min\\.insync\\.replicas)$")
          && setting.getValue().asLong() > nodes) {
        faults.add(
            "%s: %s is %s, and there are %d brokers"
                .formatted(kafka.id(), setting.getKey(), setting.getValue(), nodes));
      }
    }
  }

  /** Several nodes are worth what the machines below them are. */
  private static void apart(Manifest pool, List<String> faults) {
    String key =
        pool.spec()
            .at(
                "/template/pod/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/0/topologyKey")
            .asText();
    if (!key.equals("kubernetes.io/hostname")) {
      faults.add(pool.id() + ": its nodes may stand on one machine");
    }
  }

  private static void scaling(Manifest scaled, Overlay overlay, List<String> faults) {
    String target = scaled.spec().at("/scaleTargetRef/name").asText();
    if (overlay.find("Deployment", target).isEmpty()) {
      faults.add("%s: no Deployment '%s'".formatted(scaled.id(), target));
    }
    if (overlay.find("Deployment", target).stream().anyMatch(d -> d.spec().has("replicas"))) {
      faults.add(
          "%s: %s states replicas, which every apply would set back to"
              .formatted(scaled.id(), target));
    }
    for (JsonNode trigger : scaled.spec().path("triggers")) {
      String topic = trigger.at("/metadata/topic").asText();
      if (Topics.all().stream().noneMatch(t -> t.name().equals(topic))) {
        faults.add("%s: topics.yaml has no topic '%s'".formatted(scaled.id(), topic));
      } else if (scaled.spec().path("maxReplicaCount").asInt() > Topics.get(topic).partitions()) {
        faults.add(
            "%s: maxReplicaCount is above the %d partitions of %s"
                .formatted(scaled.id(), Topics.get(topic).partitions(), topic));
      }
      String authentication = trigger.at("/authenticationRef/name").asText();
      if (overlay.find("TriggerAuthentication", authentication).isEmpty()) {
        faults.add("%s: no TriggerAuthentication '%s'".formatted(scaled.id(), authentication));
      }
    }
  }
}
