package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.SceneUpdate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** DELETE, from the console through the broker to the last object of the scene. */
@ExtendWith(WithChain.class)
class DeletionTest {
  private static final List<String> RIG = List.of("east", "west");
  private static final List<Shot> SHOTS = Shots.made(RIG, 8, 10);

  /** Where a scene's objects lie. */
  private static final List<String> PREFIXES =
      List.of("scenes", "submaps", "outcomes", "originals");

  @Test
  void aDeletedSceneLeavesNoObjectBehindAndNeitherDoesAWindowThatComesLate(Chain chain)
      throws Exception {
    TestCameras cameras = chain.cameras("deleted", "run", RIG);
    Audit audit = chain.finished(cameras.postAll(SHOTS).endAll());
    assertThat(audit.violations()).as(audit.counts()).isEmpty();
    assertThat(objects(chain)).containsOnlyKeys(PREFIXES);
    ServiceProcess console = chain.console();

    Await.until(
        "the console to know the scene and take its deletion",
        Chain.RECOVERY,
        () -> console.delete("/api/scenes/deleted") == 202);
    chain.log.await(
        "the deletion to be announced",
        "deleted",
        Chain.RECOVERY,
        records -> records.updates().stream().anyMatch(SceneUpdate::getDeleted),
        chain::endsOfLogs);

    assertThat(objects(chain)).isEmpty();

    // A worker had it in hand all the while: its outcome is stored after everything was removed.
    SceneRecords before = chain.log.scene("deleted");
    TopicLog.Raw window = chain.log.raw(Topics.WINDOWS, before.windows().getFirst().getId());
    try (var producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", chain.stack.bootstrapServers(), "max.request.size", 1 << 24),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(Topics.WINDOWS, window.key(), window.value())).get();
    }
    chain.log.await(
        "the late window's outcome",
        "deleted",
        Chain.RECOVERY,
        records -> records.reconstructions().size() > before.reconstructions().size(),
        chain::endsOfLogs);

    Await.until(
        "the late window's objects to be removed",
        Chain.RECOVERY,
        () -> objects(chain).isEmpty(),
        () -> objects(chain) + chain.endsOfLogs());
    assertThat(chain.log.scene("deleted").updates().getLast().getDeleted()).isTrue();
  }

  /** The scene's objects by prefix; prefixes without any are left out. */
  private static Map<String, List<String>> objects(Chain chain) {
    Map<String, List<String>> all = new TreeMap<>();
    for (String prefix : PREFIXES) {
      List<String> keys = chain.objects.list(prefix + "/deleted/");
      if (!keys.isEmpty()) {
        all.put(prefix, keys);
      }
    }
    return all;
  }
}
