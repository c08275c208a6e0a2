package io.lite3r.schemas;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Gives topics.yaml to every service's configuration, so that a channel can say {@code
 * ${topics.windows.max-message-bytes}}: for each topic {@code topics.<name>.name}, {@code
 * .partitions}, {@code .retention-ms} and {@code .max-message-bytes}; for each reading stage {@code
 * topics.<name>.<stage>.isolation} and {@code .retry-budget-ms}; and the longest of these as {@code
 * topics.retry-budget} and {@code topics.retry-budget-ms}.
 */
public final class TopicsConfigSource implements ConfigSource {
  private final Map<String, String> properties = new HashMap<>();

  public TopicsConfigSource() {
    for (Topic topic : Topics.all()) {
      String prefix = "topics." + topic.name() + ".";
      properties.put(prefix + "name", topic.name());
      properties.put(prefix + "partitions", Integer.toString(topic.partitions()));
      properties.put(prefix + "retention-ms", Long.toString(topic.retention().toMillis()));
      properties.put(prefix + "max-message-bytes", Integer.toString(topic.maxMessageBytes()));
      topic
          .consumers()
          .forEach(
              (stage, how) -> {
                properties.put(prefix + stage + ".isolation", how.isolation());
                properties.put(
                    prefix + stage + ".retry-budget-ms",
                    Long.toString(how.retryBudget().toMillis()));
              });
    }
    properties.put("topics.retry-budget", Topics.retryBudget().toString());
    properties.put("topics.retry-budget-ms", Long.toString(Topics.retryBudget().toMillis()));
  }

  @Override
  public Set<String> getPropertyNames() {
    return properties.keySet();
  }

  @Override
  public @Nullable String getValue(String name) {
    return properties.get(name);
  }

  @Override
  public String getName() {
    return "topics.yaml";
  }

  /** Below the services' own files, so that nothing but an intended override differs from it. */
  @Override
  public int getOrdinal() {
    return 90;
  }
}
