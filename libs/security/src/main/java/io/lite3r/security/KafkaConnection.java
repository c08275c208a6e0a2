package io.lite3r.security;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.Config;

/**
 * How Kafka is reached, for clients that are no channels: Kafka Streams, the console's questions,
 * the command line. Channels read the same keys themselves.
 */
public final class KafkaConnection {
  private static final List<String> KEYS =
      List.of(
          "bootstrap.servers",
          "security.protocol",
          "sasl.mechanism",
          "sasl.jaas.config",
          "ssl.truststore.type",
          "ssl.truststore.location",
          "ssl.truststore.password");

  private KafkaConnection() {}

  /** The client's settings by Kafka's own names; those of security only when they are set. */
  public static Map<String, Object> properties(Config config) {
    Map<String, Object> properties = new HashMap<>();
    for (String key : KEYS) {
      config
          .getOptionalValue("kafka." + key, String.class)
          .ifPresent(value -> properties.put(key, value));
    }
    return properties;
  }
}
