package io.lite3r.stack;

import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creates the topics of topics.yaml with their partitions, retention and byte limit; those that
 * exist stay as they are.
 */
final class TopicCreator {
  private TopicCreator() {}

  static void create(Admin admin) throws InterruptedException, ExecutionException {
    List<NewTopic> wanted = Topics.all().stream().map(TopicCreator::newTopic).toList();
    for (var creation : admin.createTopics(wanted).values().entrySet()) {
      try {
        creation.getValue().get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  private static NewTopic newTopic(Topic topic) {
    return new NewTopic(topic.name(), topic.partitions(), (short) 1)
        .configs(
            Map.of(
                "max.message.bytes", Integer.toString(topic.maxMessageBytes()),
                "retention.ms", Long.toString(topic.retention().toMillis())));
  }
}
