package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.schemas.DeadLetter;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.FrameOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is bad is set aside by name and with its reason, and nothing else is lost by it. */
@ExtendWith(WithChain.class)
class PoisonTest {
  private static final List<String> RIG = List.of("east", "west");
  private static final List<Shot> SHOTS = Shots.made(RIG, 8, 10);

  @Test
  void tenPoisonedImagesInTheMiddleOfACaptureAreRefusedWithTheirReasonsAndAllOthersAreFused(
      Chain chain) {
    TestCameras cameras = chain.cameras("poison-images", "run", RIG);
    cameras.postAll(SHOTS.subList(0, 8));
    // Bad sequences come after the good ones, so that no gap and no order tells them apart.
    List<Poison> ten = Poison.ten(SHOTS.get(7), 1000);
    for (Poison poison : ten) {
      assertThat(cameras.post(poison.shot())).as(poison.what()).isBetween(400, 499);
    }
    cameras.postAll(SHOTS.subList(8, SHOTS.size())).endAll();

    Audit audit = chain.finished(cameras);
    assertThat(audit.violations()).as(audit.counts()).isEmpty();
    assertThat(cameras.accepted()).hasSize(SHOTS.size());
    assertThat(audit.manifest().frames()).as("fused frames").isEqualTo(SHOTS.size());
    everyRefusalSaysWhatAndHowToCureIt(ten, cameras.refused());
    everyRefusalIsOnTheTopics(ten, chain.log.scene(cameras.scene()), cameras);
  }

  private static void everyRefusalSaysWhatAndHowToCureIt(
      List<Poison> poisons, List<TestCameras.Refusal> refusals) {
    assertThat(refusals).hasSameSizeAs(poisons);
    for (int i = 0; i < poisons.size(); i++) {
      Poison poison = poisons.get(i);
      TestCameras.Refusal refusal = refusals.get(i);
      assertThat(refusal.contentType()).as(poison.what()).startsWith("application/problem+json");
      assertThat(refusal.problem().path("type").asText())
          .as(poison.what())
          .isEqualTo("urn:lite3r:problem:" + poison.reason().toLowerCase(Locale.ROOT));
      assertThat(refusal.problem().path("status").asInt()).isEqualTo(refusal.status());
      assertThat(refusal.problem().path("detail").asText())
          .as(poison.what())
          .contains(poison.names())
          .matches("(?s).+\\. .+"); // What is wrong, and what to do: two sentences at least.
    }
  }

  private static void everyRefusalIsOnTheTopics(
      List<Poison> poisons, SceneRecords records, TestCameras cameras) {
    List<String> expected =
        poisons.stream().map(poison -> poison.reason().toLowerCase(Locale.ROOT)).sorted().toList();
    assertThat(
            records.refusals().stream()
                .map(FrameOutcome::getRejected)
                .map(r -> r.getStage() + " " + r.getReason().name())
                .sorted())
        .as("frame-outcomes")
        .isEqualTo(
            poisons.stream().map(p -> "capture REJECTION_REASON_" + p.reason()).sorted().toList());
    assertThat(
            records.deadLetters().stream()
                .map(entry -> DeadLetter.of(entry.headers()).reason())
                .sorted())
        .as("dead-letters")
        .isEqualTo(expected);
    assertThat(records.terminalIds()).as("accepted frames").isEqualTo(cameras.accepted().keySet());
  }

  @Test
  void undecodableRecordsOnAnyTopicAreDeadLetteredUntouchedAndTheRestGoesOn(Chain chain)
      throws Exception {
    TestCameras cameras = chain.cameras("poison-records", "run", RIG);
    byte[] garbage = {-1, -1, -1, -1, 7, 7, 7};
    cameras.postAll(SHOTS.subList(0, 8));
    List<String> expected = new ArrayList<>();
    for (var stage :
        List.of(
            Map.entry("windowing", Topics.FRAMES),
            Map.entry("reconstruction", Topics.WINDOWS),
            Map.entry("fusion", Topics.RECONSTRUCTIONS))) {
      RecordMetadata at = write(chain, stage.getValue(), cameras.scene(), garbage);
      expected.add(
          "%s %s"
              .formatted(
                  stage.getKey(), DeadLetter.origin(at.topic(), at.partition(), at.offset())));
    }
    cameras.postAll(SHOTS.subList(8, SHOTS.size())).endAll();
    chain.log.await(
        "the three undecodable records to be set aside",
        cameras.scene(),
        Chain.RECOVERY,
        records -> records.deadLetters().size() >= expected.size(),
        chain::endsOfLogs);

    Audit audit = chain.finished(cameras);
    assertThat(audit.violations()).as(audit.counts()).isEmpty();
    assertThat(audit.manifest().frames()).as("fused frames").isEqualTo(SHOTS.size());
    List<TopicLog.Entry> letters = chain.log.scene(cameras.scene()).deadLetters();
    assertThat(
            letters.stream()
                .map(entry -> DeadLetter.of(entry.headers()))
                .map(letter -> letter.stage() + " " + letter.origin()))
        .containsExactlyInAnyOrderElementsOf(expected);
    for (TopicLog.Entry letter : letters) {
      assertThat((byte[]) letter.message()).as("payload").isEqualTo(garbage);
      assertThat(DeadLetter.of(letter.headers()).reason()).isEqualTo("undecodable");
    }
  }

  private static RecordMetadata write(Chain chain, String topic, String key, byte[] value)
      throws ExecutionException, InterruptedException {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", chain.stack.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      return producer.send(new ProducerRecord<>(topic, key, value)).get();
    }
  }
}
