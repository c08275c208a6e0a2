package io.lite3r.security;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Turns the few settings of this system into those of its clients.
 *
 * <ul>
 *   <li>{@code lite3r.kafka.user}: when it is set, every Kafka client speaks TLS and logs in with
 *       SCRAM-SHA-512 under this name; it needs {@code lite3r.kafka.password} and {@code
 *       lite3r.kafka.ca}.
 *   <li>{@code KEY-file} for each secret KEY: the file that holds it; a line break at its end is
 *       not part of it.
 * </ul>
 */
public final class SecuritySettings implements ConfigSourceFactory {
  private static final String PASSWORD = "lite3r.kafka.password";
  private static final String CA_PASSWORD = "lite3r.kafka.ca-password";
  private static final String S3_SECRET = "lite3r.s3.secret-key";
  private static final String CLIENT_SECRET = "lite3r.oidc.client-secret";
  private static final List<String> SECRETS =
      List.of(PASSWORD, CA_PASSWORD, S3_SECRET, CLIENT_SECRET);

  /** Those that a laptop never needs; its fixed S3 pair hides nothing and may be typed. */
  private static final List<String> NEVER_TYPED = List.of(PASSWORD, CA_PASSWORD, CLIENT_SECRET);

  /** Above the services' own files, below the environment. */
  private static final int ORDINAL = 275;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    Map<String, String> given = new HashMap<>();
    for (String secret : SECRETS) {
      String file = text(context.getValue(secret + "-file"));
      if (file != null) {
        given.put(secret, read(secret, Path.of(file)));
      }
    }
    for (String secret : NEVER_TYPED) {
      refuseTyped(context.getValue(secret));
    }
    String user = text(context.getValue("lite3r.kafka.user"));
    if (user != null) {
      String caPassword = given.getOrDefault(CA_PASSWORD, text(context.getValue(CA_PASSWORD)));
      new KafkaLogin(
              user,
              needed(PASSWORD, given.getOrDefault(PASSWORD, text(context.getValue(PASSWORD)))),
              Path.of(needed("lite3r.kafka.ca", text(context.getValue("lite3r.kafka.ca")))),
              caPassword)
          .properties()
          .forEach((key, value) -> given.put("kafka." + key, value));
    }
    return List.of(new PropertiesConfigSource(given, "lite3r security", ORDINAL));
  }

  private static @Nullable String text(@Nullable ConfigValue value) {
    return value == null || value.getValue() == null || value.getValue().isBlank()
        ? null
        : value.getValue();
  }

  private static String needed(String key, @Nullable String value) {
    if (value == null) {
      throw new IllegalArgumentException(
          "lite3r.kafka.user is set, so %s must be, too (docs/operations.md, Security)"
              .formatted(key));
    }
    return value;
  }

  private static void refuseTyped(@Nullable ConfigValue value) {
    if (value != null && value.getValue() != null && isTyped(value)) {
      throw new IllegalArgumentException(
          "%s was given on the command line, where every user of the machine can read it; put it into a file and name that with %s-file, or into the environment"
              .formatted(value.getName(), value.getName()));
    }
  }

  private static boolean isTyped(ConfigValue value) {
    return String.valueOf(value.getConfigSourceName()).contains("SysPropConfigSource");
  }

  private static String read(String secret, Path file) {
    try {
      return Files.readString(file).stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException("%s-file %s cannot be read".formatted(secret, file), e);
    }
  }
}
