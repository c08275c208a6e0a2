package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(WithChain.class)
class TopicsTest {

  /** What topics.yaml states and what the broker runs with, in one line each. */
  private static String line(int partitions, String retentionMs, String maxMessageBytes) {
    return "%d partitions, %s ms, %s bytes".formatted(partitions, retentionMs, maxMessageBytes);
  }

  @Test
  void theRunningBrokerHasTheTopicsOfTopicsYamlAndNoOthers(Chain chain) throws Exception {
    Map<String, String> stated = new TreeMap<>();
    for (Topic topic : Topics.all()) {
      stated.put(
          topic.name(),
          line(
              topic.partitions(),
              Long.toString(topic.retention().toMillis()),
              Integer.toString(topic.maxMessageBytes())));
    }
    Map<String, String> running = new TreeMap<>();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", chain.stack.bootstrapServers()))) {
      var names =
          admin.listTopics().names().get().stream()
              // Kafka Streams keeps its changelogs beside them, named after the application.
              .filter(name -> !name.startsWith("lite3r-windowing-"))
              .toList();
      var descriptions = admin.describeTopics(names).allTopicNames().get();
      Function<String, ConfigResource> resource =
          name -> new ConfigResource(ConfigResource.Type.TOPIC, name);
      var configs = admin.describeConfigs(names.stream().map(resource).toList()).all().get();
      for (String name : names) {
        Config config = configs.get(resource.apply(name));
        running.put(
            name,
            line(
                descriptions.get(name).partitions().size(),
                config.get("retention.ms").value(),
                config.get("max.message.bytes").value()));
      }
    }
    assertThat(running).isEqualTo(stated);
  }

  @Test
  void theChangelogsOfWindowingTakeWhateverFramesMayHold(Chain chain) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", chain.stack.bootstrapServers()))) {
      var changelogs =
          admin.listTopics().names().get().stream()
              .filter(name -> name.startsWith("lite3r-windowing-"))
              .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
              .toList();
      assertThat(changelogs).isNotEmpty();
      admin
          .describeConfigs(changelogs)
          .all()
          .get()
          .forEach(
              (resource, config) ->
                  assertThat(Integer.parseInt(config.get("max.message.bytes").value()))
                      .as(resource.name())
                      .isGreaterThanOrEqualTo(Topics.get(Topics.FRAMES).maxMessageBytes()));
    }
  }
}
