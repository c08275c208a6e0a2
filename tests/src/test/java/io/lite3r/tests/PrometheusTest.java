package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The real Prometheus watches the five services as they are deployed. */
@Tag("infra-full")
@ExtendWith(WithChain.class)
class PrometheusTest {
  private static final List<String> RIG = List.of("east", "west");
  private static final Pattern ELSEWHERE = Pattern.compile("DCGM_|gpu_memory|ALERTS");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void prometheusAnswersEveryExpressionOfEveryDashboardAndAnAlertFires(Chain chain)
      throws Exception {
    try (var prometheus = new PrometheusServer(addresses(chain))) {
      Await.until(
          "five services to be scraped",
          PATIENCE,
          () -> prometheus.query("up{service!=\"\"} == 1").size() == 5,
          () -> answer(prometheus, "up"));
      // A rate is a difference: what appears with its first value has none before its second.
      flight(chain, "first-flight");
      Await.until(
          "the first version to be scraped",
          PATIENCE,
          () -> prometheus.query("lite3r_fusion_freshness_seconds_count > 0").size() == 1,
          () -> answer(prometheus, "lite3r_fusion_freshness_seconds_count"));
      flight(chain, "second-flight");
      Await.until(
          "freshness to be told",
          PATIENCE,
          () -> prometheus.query("lite3r:freshness_seconds:p95 > 0").size() == 1,
          () -> answer(prometheus, "lite3r_fusion_freshness_seconds_count"));

      Map<String, String> expressions = new TreeMap<>(Watching.panels());
      Watching.rules().keySet().stream()
          .filter(name -> name.startsWith("lite3r:"))
          .forEach(name -> expressions.put(name, name));
      assertThat(unanswered(prometheus, expressions)).isEmpty();
      assertThat(
              unanswered(
                  prometheus, Map.of("a panel", "sum (rate(lite3r_frames_terminal_total[1m]))")))
          .as("a metric that nobody shows is found")
          .hasSize(1);
      for (JsonNode group : prometheus.api("/api/v1/rules").get("groups")) {
        for (JsonNode rule : group.get("rules")) {
          assertThat(rule.get("health").asText()).as(rule.toString()).isEqualTo("ok");
        }
      }

      String deadLetters = "ALERTS{alertname=\"Lite3rDeadLetters\", alertstate=\"firing\"}";
      assertThat(prometheus.query(deadLetters)).isEmpty();
      putWhatIsNoWindow(chain);
      Await.until(
          "Lite3rDeadLetters to fire",
          PATIENCE,
          () -> prometheus.query(deadLetters).size() == 1,
          () -> answer(prometheus, "lite3r_dead_letters_total"));
      assertThat(prometheus.query(deadLetters).get(0).get("metric").get("stage").asText())
          .isEqualTo("reconstruction");
    }
  }

  /** Expressions that give no series. NVIDIA's exporter is not here, and no alert fires yet. */
  private static List<String> unanswered(
      PrometheusServer prometheus, Map<String, String> expressions) throws Exception {
    List<String> unanswered = new ArrayList<>();
    for (var expression : expressions.entrySet()) {
      boolean here = !ELSEWHERE.matcher(expression.getValue()).find();
      if (here && prometheus.query(expression.getValue()).isEmpty()) {
        unanswered.add(expression.toString());
      }
    }
    return unanswered;
  }

  private static void flight(Chain chain, String scene) {
    TestCameras cameras = chain.cameras(scene, "run", RIG);
    cameras.postAll(Shots.made(RIG, 5, 10));
    chain.finished(cameras.endAll());
  }

  private static Map<String, String> addresses(Chain chain) {
    Map<String, String> addresses = new TreeMap<>();
    List<String> names = List.of("capture", "windowing", "reconstruction", "fusion", "console");
    for (int i = 0; i < names.size(); i++) {
      addresses.put(names.get(i) + ":8080", chain.services().get(i).uri().getAuthority());
    }
    return addresses;
  }

  private static void putWhatIsNoWindow(Chain chain) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", chain.stack.bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>("windows", "none", new byte[] {-1, -1, -1})).get();
    }
  }

  private static String answer(PrometheusServer prometheus, String expression) {
    try {
      return prometheus.query(expression).toString();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }
}
