package io.lite3r.console.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lite3r.schemas.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** What the console says waits for reconstruction while its workers share. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class SharedLagTest {
  private static final String GROUP = "lite3r-reconstruction-share";
  private static final int WINDOWS = 6;

  @TestHTTPResource("/")
  URI console;

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String kafka;

  @Test
  void whatTheShareGroupHasDoneDoesNotWait() throws Exception {
    windows();
    awaitLag(WINDOWS);
    beginAtTheBeginning();
    try (var worker =
        new KafkaShareConsumer<>(
            Map.of(
                "bootstrap.servers",
                kafka,
                "group.id",
                GROUP,
                "share.acknowledgement.mode",
                "explicit",
                "share.acquire.mode",
                "record_limit",
                "max.poll.records",
                1),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      worker.subscribe(List.of(Topics.WINDOWS));

      done(worker, 4);
      awaitLag(2);

      done(worker, 2);
      awaitLag(0);
    }
  }

  /** Each in a transaction of its own, all in one partition, as windowing writes them. */
  private void windows() {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka, "transactional.id", "windows-of-a-test"),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      for (int i = 0; i < WINDOWS; i++) {
        producer.beginTransaction();
        producer.send(
            new ProducerRecord<>(Topics.WINDOWS, 0, "w" + i, ("window " + i).getBytes(UTF_8)));
        producer.commitTransaction();
      }
    }
  }

  private void beginAtTheBeginning() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
      List<AlterConfigOp> wanted = new ArrayList<>();
      Map.of("share.auto.offset.reset", "earliest", "share.isolation.level", "read_committed")
          .forEach(
              (key, value) ->
                  wanted.add(
                      new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.GROUP, GROUP), wanted))
          .all()
          .get();
    }
  }

  private static void done(KafkaShareConsumer<String, byte[]> worker, int windows) {
    Set<String> taken = new HashSet<>();
    await("%d more windows".formatted(windows))
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              for (ConsumerRecord<String, byte[]> window : worker.poll(Duration.ofMillis(200))) {
                worker.acknowledge(window, AcknowledgeType.ACCEPT);
                taken.add(window.key());
              }
              worker.commitSync();
              return taken.size() >= windows;
            });
    assertThat(taken).hasSize(windows);
  }

  private void awaitLag(int windows) {
    await("a lag of %d".formatted(windows))
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(lag()).isEqualTo(windows));
  }

  private long lag() throws IOException {
    JsonNode stages =
        new ObjectMapper().readTree(console.resolve("/api/health").toURL()).at("/stages");
    for (JsonNode stage : stages) {
      if (stage.at("/stage").asText().equals("reconstruction")) {
        return stage.at("/lag").asLong(-1);
      }
    }
    return -1;
  }
}
