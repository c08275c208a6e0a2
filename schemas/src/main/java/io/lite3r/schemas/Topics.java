package io.lite3r.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The topics of the system, read from topics.yaml, the one source of their names and limits. */
public final class Topics {
  public static final String FRAMES = "frames";
  public static final String WINDOWS = "windows";
  public static final String RECONSTRUCTIONS = "reconstructions";
  public static final String SCENE_UPDATES = "scene-updates";
  public static final String FRAME_OUTCOMES = "frame-outcomes";
  public static final String DEAD_LETTERS = "dead-letters";

  private static final Pattern RETRY_THEN_STOP = Pattern.compile("retry (P\\S+), then stop");

  private static final Map<String, Topic> ALL = load();

  private Topics() {}

  /** All topics, in the order of the file. */
  public static Collection<Topic> all() {
    return ALL.values();
  }

  /** The topic of that name; throws when topics.yaml has none. */
  public static Topic get(String name) {
    Topic topic = ALL.get(name);
    if (topic == null) {
      throw new IllegalArgumentException(
          "topics.yaml has no topic '%s'; it has %s".formatted(name, ALL.keySet()));
    }
    return topic;
  }

  /**
   * The longest time that any stage retries in place: for what serves several stages, as the object
   * store does, or reads no topic, as capture.
   */
  public static Duration retryBudget() {
    return all().stream()
        .flatMap(topic -> topic.consumers().values().stream())
        .map(Topic.Consumption::retryBudget)
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private static Map<String, Topic> load() {
    try (InputStream in = Topics.class.getResourceAsStream("/lite3r/topics.yaml")) {
      Objects.requireNonNull(in, "lite3r/topics.yaml is missing from the schemas jar");
      return parse(in);
    } catch (IOException e) {
      throw new UncheckedIOException("topics.yaml cannot be read", e);
    }
  }

  static Map<String, Topic> parse(InputStream in) {
    Map<?, ?> root = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
    Map<?, ?> bodies = value(root, "topics", Map.class);
    Map<String, Topic> topics = new LinkedHashMap<>();
    for (Object name : bodies.keySet()) {
      topics.put((String) name, topic((String) name, value(bodies, name, Map.class)));
    }
    return topics;
  }

  private static Topic topic(String name, Map<?, ?> body) {
    Map<?, ?> stages = value(body, "consumers", Map.class);
    Map<String, Topic.Consumption> consumers = new LinkedHashMap<>();
    for (Object stage : stages.keySet()) {
      consumers.put((String) stage, consumption(value(stages, stage, Map.class)));
    }
    List<?> producers = value(body, "producers", List.class);
    return new Topic(
        name,
        value(body, "value", String.class),
        value(body, "key", String.class),
        value(body, "partitions", Integer.class),
        Duration.parse(value(body, "retention", String.class)),
        value(body, "max_message_bytes", Integer.class),
        producers.stream().map(String.class::cast).toList(),
        consumers);
  }

  private static Topic.Consumption consumption(Map<?, ?> body) {
    return new Topic.Consumption(
        value(body, "isolation", String.class),
        onBadRecord(value(body, "on_bad_record", String.class)),
        retryBudget(value(body, "on_bad_world", String.class)));
  }

  private static Topic.OnBadRecord onBadRecord(String policy) {
    if (!policy.equals("dead-letter")) {
      throw new IllegalArgumentException(
          "topics.yaml: on_bad_record must be dead-letter, got '%s'".formatted(policy));
    }
    return Topic.OnBadRecord.DEAD_LETTER;
  }

  private static Duration retryBudget(String policy) {
    Matcher stated = RETRY_THEN_STOP.matcher(policy);
    if (!stated.matches()) {
      throw new IllegalArgumentException(
          "topics.yaml: on_bad_world must be 'retry DURATION, then stop', got '%s'"
              .formatted(policy));
    }
    return Duration.parse(stated.group(1));
  }

  private static <T> T value(Map<?, ?> body, Object key, Class<T> type) {
    Object value = body.get(key);
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "topics.yaml: '%s' must be a %s, got %s".formatted(key, type.getSimpleName(), value));
    }
    return type.cast(value);
  }
}
