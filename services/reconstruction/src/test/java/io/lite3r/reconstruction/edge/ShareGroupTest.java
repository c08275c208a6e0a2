package io.lite3r.reconstruction.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lite3r.objects.ObjectStore;
import io.lite3r.reconstruction.OutcomeKey;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.UnreconstructableReason;
import io.lite3r.schemas.v1.Window;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** A worker of a share group to whom every window comes for the last time. */
@QuarkusTest
@TestProfile(ShareGroupTest.LastDelivery.class)
class ShareGroupTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String broker;

  @Inject ObjectStore objects;
  @Inject ServedModel model;

  /** What a share group is configured with. */
  public static final class LastDelivery implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "lite3r.reconstruction.consumption", "share", "lite3r.reconstruction.deliveries", "1");
    }

    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(new TestResourceEntry(StackResource.class));
    }
  }

  @Test
  void aWindowThatNobodyBroughtToAnEndIsSetAsideAndEndsForThatReason() throws Exception {
    Window window = Windows.of("share", 0, 2);
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(properties(), new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>("windows", window.getId(), window.toByteArray())).get();
    }
    String key =
        "outcomes/share/"
            + OutcomeKey.of(window.getId(), model.contract().sha256(), model.contract().version());
    await("its outcome").atMost(PATIENCE).until(() -> objects.get(key).isPresent());

    assertThat(
            Reconstruction.parseFrom(objects.get(key).orElseThrow().bytes())
                .getUnreconstructable()
                .getReason())
        .isEqualTo(UnreconstructableReason.UNRECONSTRUCTABLE_REASON_DELIVERIES);
    assertThat(deadLetters()).isEqualTo(1);
  }

  @Test
  void theGroupBeginsAtTheBeginningAndSeesWhatIsCommittedOnly() throws Exception {
    ConfigResource group =
        new ConfigResource(ConfigResource.Type.GROUP, "lite3r-reconstruction-share");
    try (Admin admin = Admin.create(properties())) {
      var config = admin.describeConfigs(List.of(group)).all().get().get(group);

      assertThat(config.get("share.auto.offset.reset").value()).isEqualTo("earliest");
      assertThat(config.get("share.isolation.level").value()).isEqualTo("read_committed");
    }
  }

  private long deadLetters() throws Exception {
    TopicPartition letters = new TopicPartition("dead-letters", 0);
    try (Admin admin = Admin.create(properties())) {
      return admin
          .listOffsets(Map.of(letters, OffsetSpec.latest()))
          .partitionResult(letters)
          .get()
          .offset();
    }
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", broker);
    return properties;
  }
}
