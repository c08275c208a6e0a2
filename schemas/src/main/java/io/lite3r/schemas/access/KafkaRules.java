package io.lite3r.schemas.access;

import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * The broker's access rules (ACLs) of one service, made of topics.yaml and access.yaml. Kafka
 * allows DESCRIBE to whoever may read or write; what no rule allows is refused.
 */
public final class KafkaRules {
  private final String service;
  private final Set<AclBinding> rules = new LinkedHashSet<>();

  private KafkaRules(String service) {
    this.service = service;
  }

  /** The rules of the user that has the service's name. */
  public static Set<AclBinding> of(String service) {
    return of(service, Access.stated());
  }

  static Set<AclBinding> of(String service, Access access) {
    KafkaRules made = new KafkaRules(service);
    List<String> stages = access.members(service);
    for (Topic topic : Topics.all()) {
      if (stages.stream().anyMatch(topic.producers()::contains)) {
        made.allow(ResourceType.TOPIC, topic.name(), AclOperation.WRITE);
      }
      if (stages.stream().anyMatch(topic.consumers()::containsKey)) {
        made.allow(ResourceType.TOPIC, topic.name(), AclOperation.READ);
      }
    }
    ServiceAccess may = access.of(service);
    may.watchedTopics()
        .forEach(name -> made.allow(ResourceType.TOPIC, name, AclOperation.DESCRIBE));
    may.internalTopics()
        .forEach(
            name ->
                made.allow(
                    ResourceType.TOPIC,
                    name,
                    AclOperation.CREATE,
                    AclOperation.READ,
                    AclOperation.WRITE));
    may.groups().forEach(name -> made.allow(ResourceType.GROUP, name, AclOperation.READ));
    may.configuredGroups()
        .forEach(name -> made.allow(ResourceType.GROUP, name, AclOperation.ALTER_CONFIGS));
    may.watchedGroups()
        .forEach(name -> made.allow(ResourceType.GROUP, name, AclOperation.DESCRIBE));
    may.transactions()
        .forEach(name -> made.allow(ResourceType.TRANSACTIONAL_ID, name, AclOperation.WRITE));
    return Set.copyOf(made.rules);
  }

  private void allow(ResourceType type, String name, AclOperation... operations) {
    boolean isPrefix = name.endsWith("*");
    ResourcePattern resource =
        new ResourcePattern(
            type,
            isPrefix ? name.substring(0, name.length() - 1) : name,
            isPrefix ? PatternType.PREFIXED : PatternType.LITERAL);
    for (AclOperation operation : operations) {
      rules.add(
          new AclBinding(
              resource,
              new AccessControlEntry("User:" + service, "*", operation, AclPermissionType.ALLOW)));
    }
  }
}
