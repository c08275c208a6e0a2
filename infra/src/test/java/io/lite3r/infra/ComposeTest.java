package io.lite3r.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("infra")
class ComposeTest {
  private final Tree tree = Tree.asItIs();

  @Test
  void portsTopicsBucketsAndMountsAreThoseOfTheApplication() {
    assertThat(problems(tree)).isEmpty();
  }

  @ParameterizedTest(name = "{3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          infra/compose.yaml             | KAFKA_BOOTSTRAP_SERVERS: kafka:9092 | KAFKA_BOOTSTRAP_SERVERS: kafka:9093      | capture: KAFKA_BOOTSTRAP_SERVERS is kafka:9093, the broker advertises kafka:9092
          infra/compose.yaml             | LITE3R_S3_BUCKET: lite3r            | LITE3R_S3_BUCKET: scenes                 | capture: bucket scenes is not the application's lite3r
          infra/compose.yaml             | LITE3R_S3_BUCKET                    | LITE3R_S3_BUCKETS                        | capture: LITE3R_S3_BUCKETS is no setting of docs/operations.md
          infra/compose.yaml             | http://minio:9000                   | http://mino:9000                         | capture: LITE3R_S3_ENDPOINT names mino, which is no service
          infra/compose.yaml             | LITE3R_S3_ACCESS_KEY: lite3r-fusion | LITE3R_S3_ACCESS_KEY: lite3r-capture     | fusion: its key for the object store, lite3r-capture, is not the one that is made for it
          infra/compose.yaml             | LITE3R_S3_SECRET_KEY: ${FUSION      | LITE3R_S3_SECRET_KEY: ${CAPTURE          | fusion: its secret is not its own
          infra/compose.yaml             | ../k8s/components/bucket/policies:  | ../k8s/components/bucket/policy:         | bucket: k8s/components/bucket/policy is mounted and not there
          infra/compose.yaml             | http://collector:4317               | http://collector:4318                    | capture: spans go to collector:4318, the collector listens on 4317
          infra/compose.yaml             | "127.0.0.1:8081:8080"               | "8081:8080"                              | console: port 8081:8080 is open to the world
          infra/compose.yaml             | "127.0.0.1:8081:8080"               | "127.0.0.1:8081:8081"                    | console: port 127.0.0.1:8081:8081 is not the one that services listen on, 8080
          infra/compose.yaml             | lite3r/fusion:0.1.0-SNAPSHOT        | lite3r/fusion:latest                     | fusion: image lite3r/fusion:latest is not lite3r/fusion:0.1.0-SNAPSHOT
          infra/compose.yaml             | prom/prometheus:v3.5.0              | prom/prometheus                          | prometheus: image prom/prometheus has no fixed tag
          infra/compose.yaml             | apache/kafka:4.2.1                  | apache/kafka:4.0.0                       | kafka: image apache/kafka:4.0.0 is not the tested Kafka, 4.2.1
          infra/compose.yaml             | ./collector/collector.yaml:         | ./collector/colector.yaml:               | collector: infra/collector/colector.yaml is mounted and not there
          infra/compose.yaml             | "minio:/data"                       | "minion:/data"                           | minio: volume minion is not declared
          infra/compose.yaml             | KAFKA_MESSAGE_MAX_BYTES: 33554432   | KAFKA_MESSAGE_MAX_BYTES: 1048576         | kafka: the broker takes 1048576 bytes, topics.yaml allows 33554432
          infra/compose.yaml             | read_only: true                     | read_only: false                         | capture: the root file system can be written
          infra/kafka/create-topics.sh   | frames 4 604800000                  | frames 8 604800000                       | topic frames 4 604800000 4194304 is not in create-topics.sh
          infra/kafka/create-topics.sh   | topic dead-letters                  | topic dead-post                          | topic dead-letters 1 2592000000 33554432 is not in create-topics.sh
          infra/prometheus/prometheus.yml | targets: [fusion:8080]             | targets: [fusion:8081]                   | scrape target fusion:8080 is not in prometheus.yml
          infra/prometheus/prometheus.yml | targets: [alertmanager:9093]       | targets: [alert-manager:9093]            | prometheus.yml names alert-manager, which is no service
          infra/collector/collector.yaml | endpoint: jaeger:4317               | endpoint: jager:4317                     | collector.yaml names jager, which is no service
          infra/collector/collector.yaml | exporters: [otlp/jaeger]            | exporters: [otlp/jaeger, debug]          | collector.yaml: exporters debug is used and not declared
          infra/collector/collector.yaml | processors: [memory_limiter, batch] | processors: [batch]                      | collector.yaml: processors memory_limiter is declared and not used
          infra/grafana/provisioning/datasources/datasources.yaml | prometheus:9090 | prometheuss:9090                    | datasources.yaml names prometheuss, which is no service
          infra/grafana/provisioning/dashboards/dashboards.yaml | /var/lib/grafana/dashboards | /dashboards               | dashboards.yaml reads /dashboards, where nothing is mounted
          """)
  void aFileThatSaysSomethingElseIsFound(String file, String what, String by, String problem) {
    assertThat(problems(tree.with(file, what, by))).contains(problem);
  }

  private static List<String> problems(Tree tree) {
    var problems = new Problems();
    ComposeFiles compose = ComposeFiles.of(tree);
    new ContainersCheck(compose, problems).run();
    new ServicesCheck(compose, problems).run();
    new TopicsCheck(compose, problems).run();
    new WatchersCheck(compose, problems).run();
    new CollectorCheck(tree, problems).run();
    return problems.all();
  }
}
