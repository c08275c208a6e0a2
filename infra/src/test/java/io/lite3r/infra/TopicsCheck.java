package io.lite3r.infra;

import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import java.util.List;
import java.util.regex.Pattern;

/** The broker gets the topics of {@code topics.yaml} and takes their largest record. */
final class TopicsCheck {
  private static final String SCRIPT = "infra/kafka/create-topics.sh";
  private static final Pattern LINE = Pattern.compile("(?m)^topic (.*)$");

  private final ComposeFiles compose;
  private final Problems problems;

  TopicsCheck(ComposeFiles compose, Problems problems) {
    this.compose = compose;
    this.problems = problems;
  }

  void run() {
    List<String> stated =
        Topics.all().stream()
            .map(
                topic ->
                    "%s %d %d %d"
                        .formatted(
                            topic.name(),
                            topic.partitions(),
                            topic.retention().toMillis(),
                            topic.maxMessageBytes()))
            .toList();
    List<String> made =
        LINE.matcher(compose.tree().text(SCRIPT)).results().map(line -> line.group(1)).toList();
    problems.same("topic", stated, "create-topics.sh", made);
    Node broker = compose.services().get("kafka").at("environment");
    String limit = broker.at("KAFKA_MESSAGE_MAX_BYTES").text();
    int largest = Topics.all().stream().mapToInt(Topic::maxMessageBytes).max().orElseThrow();
    problems.unless(
        limit.equals(Integer.toString(largest)),
        "kafka: the broker takes %s bytes, topics.yaml allows %d",
        limit,
        largest);
  }
}
