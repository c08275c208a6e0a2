package io.lite3r.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;

class TopicsTest {
  @Test
  void theFileNamesExactlyTheTopicsTheCodeNames() {
    assertThat(Topics.all())
        .extracting(Topic::name)
        .containsExactly(
            Topics.FRAMES,
            Topics.WINDOWS,
            Topics.RECONSTRUCTIONS,
            Topics.SCENE_UPDATES,
            Topics.FRAME_OUTCOMES,
            Topics.DEAD_LETTERS);
  }

  @Test
  void everyValueIsAMessageOfTheSchemas() throws ClassNotFoundException {
    for (Topic topic : Topics.all()) {
      if (!topic.value().equals("bytes")) {
        assertThat(Class.forName("io.lite3r.schemas.v1." + topic.value()))
            .isAssignableTo(com.google.protobuf.Message.class);
      }
    }
  }

  @Test
  void limitsAndPromisesAreReadAsWritten() {
    Topic windows = Topics.get("windows");

    assertThat(windows.maxMessageBytes()).isEqualTo(16 << 20);
    assertThat(windows.retention()).isEqualTo(Duration.ofDays(1));
    assertThat(windows.consumers().get("reconstruction").onBadRecord())
        .isEqualTo(Topic.OnBadRecord.DEAD_LETTER);
    assertThat(windows.consumers().get("reconstruction").retryBudget())
        .isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void everyReaderReadsCommittedRecordsOnly() {
    assertThat(Topics.all().stream().flatMap(t -> t.consumers().values().stream()))
        .isNotEmpty()
        .allSatisfy(c -> assertThat(c.isolation()).isEqualTo("read_committed"));
  }

  @Test
  void aDeadLetterTopicHoldsTheLargestRecordOfAnyOther() {
    assertThat(Topics.all())
        .allSatisfy(
            t ->
                assertThat(t.maxMessageBytes())
                    .isLessThanOrEqualTo(Topics.get(Topics.DEAD_LETTERS).maxMessageBytes()));
  }

  @Test
  void whoeverSetsRecordsAsideIsListedAsAWriterOfDeadLetters() {
    assertThat(Topics.get(Topics.DEAD_LETTERS).producers())
        .containsAll(Topics.all().stream().flatMap(t -> t.consumers().keySet().stream()).toList());
  }

  @Test
  void aPolicyThatNoStageFollowsIsRefusedByName() {
    String yaml =
        "topics: {t: {value: X, key: k, partitions: 1, retention: P1D, max_message_bytes: 1,"
            + " producers: [], consumers: {s: {isolation: read_committed, on_bad_record: %s,"
            + " on_bad_world: '%s'}}}}";

    assertThatThrownBy(() -> parse(yaml.formatted("drop", "retry PT2M, then stop")))
        .hasMessageContaining("on_bad_record")
        .hasMessageContaining("drop");
    assertThatThrownBy(() -> parse(yaml.formatted("dead-letter", "go on")))
        .hasMessageContaining("on_bad_world")
        .hasMessageContaining("go on");
  }

  private static void parse(String yaml) {
    Topics.parse(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void anUnknownTopicIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Topics.get("windoes"))
        .hasMessageContaining("windoes")
        .hasMessageContaining("windows");
  }

  @Test
  void aTopicWithoutPartitionsIsRefusedByName() {
    String yaml =
        "topics: {t: {value: X, key: k, partitions: 0, retention: P1D, max_message_bytes: 1,"
            + " producers: [], consumers: {}}}";

    assertThatThrownBy(() -> parse(yaml)).hasMessageContaining("topic t");
  }

  @Test
  void configurationSeesTheLimits() {
    ConfigSource source =
        StreamSupport.stream(ServiceLoader.load(ConfigSource.class).spliterator(), false)
            .filter(s -> s.getName().equals("topics.yaml"))
            .findFirst()
            .orElseThrow();

    assertThat(source.getValue("topics.windows.max-message-bytes")).isEqualTo("16777216");
    assertThat(source.getValue("topics.windows.reconstruction.isolation"))
        .isEqualTo("read_committed");
    assertThat(source.getValue("topics.windows.reconstruction.retry-budget-ms"))
        .isEqualTo("120000");
    assertThat(source.getValue("topics.retry-budget")).isEqualTo("PT2M");
    assertThat(source.getValue("topics.dead-letters.retention-ms")).isEqualTo("2592000000");
    assertThat(source.getValue("topics.windows.colour")).isNull();
  }
}
