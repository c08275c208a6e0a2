package io.lite3r.security;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who logs in to Kafka, and whose certificate is believed. Host names are always checked.
 *
 * @param ca certificates of the authorities: PKCS12 when it ends in .p12 or .pfx, else PEM
 * @param caPassword of a PKCS12 file
 */
public record KafkaLogin(String user, String password, Path ca, @Nullable String caPassword) {

  /** What a Kafka client of any kind is told, without its {@code bootstrap.servers}. */
  public Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("security.protocol", "SASL_SSL");
    properties.put("sasl.mechanism", "SCRAM-SHA-512");
    properties.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(quoted(user), quoted(password)));
    properties.put("ssl.truststore.type", isPkcs12() ? "PKCS12" : "PEM");
    properties.put("ssl.truststore.location", ca.toString());
    if (caPassword != null) {
      properties.put("ssl.truststore.password", caPassword);
    }
    return properties;
  }

  /** Hides the secrets: a record would print all that it has. */
  @Override
  public String toString() {
    return "KafkaLogin[user=%s, ca=%s]".formatted(user, ca);
  }

  private boolean isPkcs12() {
    String name = ca.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".p12") || name.endsWith(".pfx");
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
