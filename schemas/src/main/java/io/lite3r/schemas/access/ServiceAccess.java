package io.lite3r.schemas.access;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one service may touch beside its own topics of topics.yaml. Names that end in {@code *} are
 * prefixes.
 *
 * @param groups consumer groups that it joins
 * @param configuredGroups groups whose settings on the broker it states
 * @param transactions transactional ids that it writes under
 * @param internalTopics topics that it makes for itself
 * @param watchedTopics topics of which it sees the offsets and no record
 * @param watchedGroups groups of which it sees the offsets
 * @param objects what it does under each prefix of the bucket, by the prefix without its slash
 */
public record ServiceAccess(
    List<String> groups,
    List<String> configuredGroups,
    List<String> transactions,
    List<String> internalTopics,
    List<String> watchedTopics,
    List<String> watchedGroups,
    Map<String, Set<ObjectAction>> objects) {

  /** Where a writer tries out, before its first write, whether the server honours conditions. */
  public static final String PROBE = ".probe";

  public ServiceAccess {
    groups = List.copyOf(groups);
    configuredGroups = List.copyOf(configuredGroups);
    transactions = List.copyOf(transactions);
    internalTopics = List.copyOf(internalTopics);
    watchedTopics = List.copyOf(watchedTopics);
    watchedGroups = List.copyOf(watchedGroups);
    objects = Map.copyOf(objects);
  }

  /** What is done with objects. */
  public enum ObjectAction {
    READ,
    WRITE,
    LIST,
    DELETE
  }
}
