package io.lite3r.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The channels that the services configure against topics.yaml: who writes and reads what, and that
 * limits and policies are taken from there. Windowing has no channels; its topology is held against
 * topics.yaml in its own module.
 */
class ChannelsTest {
  private static final List<String> STAGES =
      List.of("capture", "reconstruction", "fusion", "console");
  private static final Pattern CHANNEL =
      Pattern.compile("mp\\.messaging\\.(incoming|outgoing)\\.([^.]+)\\.topic");
  private static final Pattern TOPIC = Pattern.compile("\\$\\{topics\\.([^.]+)\\.name}");

  /** One channel of a service, with its settings. */
  private record Channel(String stage, String direction, String topic, Map<String, String> said) {}

  @Test
  void stagesWriteAndReadWhatTopicsYamlListsAndNothingElse() throws IOException {
    Map<String, TreeSet<String>> stated = new TreeMap<>();
    for (Topic topic : Topics.all()) {
      topic.producers().forEach(stage -> note(stated, stage, "outgoing", topic.name()));
      topic.consumers().keySet().forEach(stage -> note(stated, stage, "incoming", topic.name()));
    }
    stated.keySet().removeIf(place -> place.startsWith("windowing "));
    Map<String, TreeSet<String>> configured = new TreeMap<>();
    for (Channel channel : channels()) {
      note(configured, channel.stage, channel.direction, channel.topic);
    }

    assertThat(configured).isEqualTo(stated);
  }

  @Test
  void whatAStageWritesMayBeAsLargeAndIsRetriedAsLongAsTopicsYamlSays() throws IOException {
    for (Channel channel : channels()) {
      if (channel.direction.equals("outgoing")) {
        List<String> budgets =
            Topics.all().stream()
                .filter(topic -> topic.consumers().containsKey(channel.stage))
                .map(t -> "${topics.%s.%s.retry-budget-ms}".formatted(t.name(), channel.stage))
                .toList();
        assertThat(channel.said)
            .as("%s writes %s", channel.stage, channel.topic)
            .containsEntry("acks", "all")
            .containsEntry(
                "max.request.size", "${topics.%s.max-message-bytes}".formatted(channel.topic));
        assertThat(channel.said.get("delivery.timeout.ms"))
            .as("%s writes %s", channel.stage, channel.topic)
            .isIn(budgets.isEmpty() ? List.of("${topics.retry-budget-ms}") : budgets);
      }
    }
  }

  @Test
  void whatAStageReadsItReadsWithTheIsolationAndSizeOfTopicsYaml() throws IOException {
    for (Channel channel : channels()) {
      if (channel.direction.equals("incoming")) {
        assertThat(channel.said)
            .as("%s reads %s", channel.stage, channel.topic)
            .containsEntry(
                "isolation.level",
                "${topics.%s.%s.isolation}".formatted(channel.topic, channel.stage))
            .containsEntry(
                "max.partition.fetch.bytes",
                "${topics.%s.max-message-bytes}".formatted(channel.topic));
      }
    }
  }

  private static void note(
      Map<String, TreeSet<String>> all, String stage, String direction, String topic) {
    all.computeIfAbsent(stage + " " + direction, place -> new TreeSet<>()).add(topic);
  }

  private static List<Channel> channels() throws IOException {
    List<Channel> channels = new ArrayList<>();
    for (String stage : STAGES) {
      Properties settings = settings(stage);
      for (String key : settings.stringPropertyNames()) {
        Matcher channel = CHANNEL.matcher(key);
        if (channel.matches()) {
          String prefix = key.substring(0, key.length() - "topic".length());
          Matcher topic = TOPIC.matcher(settings.getProperty(key));
          assertThat(topic.matches()).as("%s names a topic of topics.yaml", key).isTrue();
          Map<String, String> said = new TreeMap<>();
          settings.stringPropertyNames().stream()
              .filter(other -> other.startsWith(prefix))
              .forEach(
                  other -> said.put(other.substring(prefix.length()), settings.getProperty(other)));
          channels.add(new Channel(stage, channel.group(1), topic.group(1), said));
        }
      }
    }
    assertThat(channels).isNotEmpty();
    return channels;
  }

  private static Properties settings(String stage) throws IOException {
    Path file =
        Path.of(System.getProperty("lite3r.root"))
            .resolve("services/%s/src/main/resources/META-INF".formatted(stage))
            .resolve("microprofile-config.properties");
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      settings.load(reader);
    }
    return settings;
  }
}
