package io.lite3r.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SysPropConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecuritySettingsTest {
  @TempDir private Path folder;

  @Test
  void withoutAUserNothingIsSaidToKafkaButWhereItIs() {
    SmallRyeConfig config = config(Map.of("kafka.bootstrap.servers", "there:9092"));

    assertThat(KafkaConnection.properties(config))
        .isEqualTo(Map.of("bootstrap.servers", "there:9092"));
  }

  @Test
  void aUserWithAPasswordFileLogsInOverTls() throws IOException {
    Path password = Files.writeString(folder.resolve("password"), "se\"cr\\et\n");

    Map<String, Object> said =
        KafkaConnection.properties(
            config(
                Map.of(
                    "lite3r.kafka.user", "fusion",
                    "lite3r.kafka.password-file", password.toString(),
                    "lite3r.kafka.ca", "/certificates/ca.pem")));

    assertThat(said)
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
        .containsEntry("ssl.truststore.type", "PEM")
        .containsEntry("ssl.truststore.location", "/certificates/ca.pem");
    assertThat(said.get("sasl.jaas.config").toString())
        .contains("username=\"fusion\"", "password=\"se\\\"cr\\\\et\"");
  }

  @Test
  void aPkcs12StoreOfAuthoritiesIsOpenedWithItsOwnPassword() {
    Map<String, Object> said =
        KafkaConnection.properties(
            config(
                Map.of(
                    "lite3r.kafka.user", "fusion",
                    "lite3r.kafka.password", "secret",
                    "lite3r.kafka.ca", "/certificates/ca.p12",
                    "lite3r.kafka.ca-password", "open")));

    assertThat(said)
        .containsEntry("ssl.truststore.type", "PKCS12")
        .containsEntry("ssl.truststore.password", "open");
  }

  @Test
  void aUserWithoutAPasswordOrAnAuthorityIsRefusedByTheMissingKey() {
    assertThatThrownBy(() -> config(Map.of("lite3r.kafka.user", "fusion")))
        .hasMessageContaining("lite3r.kafka.password");
    assertThatThrownBy(
            () -> config(Map.of("lite3r.kafka.user", "fusion", "lite3r.kafka.password", "secret")))
        .hasMessageContaining("lite3r.kafka.ca");
  }

  @Test
  void aPasswordOnTheCommandLineIsRefusedAndNotRepeated() {
    System.setProperty("lite3r.kafka.password", "typed-in-the-open");
    try {
      assertThatThrownBy(() -> config(Map.of()))
          .hasMessageContaining("lite3r.kafka.password-file")
          .hasMessageNotContaining("typed-in-the-open");
    } finally {
      System.clearProperty("lite3r.kafka.password");
    }
  }

  @Test
  void theSecretOfTheObjectStoreMayLieInAFile() throws IOException {
    Path secret = Files.writeString(folder.resolve("s3"), "key\n");

    assertThat(
            config(Map.of("lite3r.s3.secret-key-file", secret.toString()))
                .getConfigValue("lite3r.s3.secret-key")
                .getValue())
        .isEqualTo("key");
  }

  @Test
  void neitherTheLoginNorKafkaPrintsAPassword() {
    KafkaLogin login = new KafkaLogin("fusion", "hush-hush", Path.of("/ca.pem"), "sesame");
    Map<String, Object> said = new HashMap<>(login.properties());
    said.put("bootstrap.servers", "there:9092");

    assertThat(login.toString()).doesNotContain("hush-hush", "sesame");
    assertThat(new AdminClientConfig(said).values().toString())
        .doesNotContain("hush-hush", "sesame");
  }

  private static SmallRyeConfig config(Map<String, String> said) {
    return new SmallRyeConfigBuilder()
        .withSources(new PropertiesConfigSource(said, "said", 100))
        .withSources(new SysPropConfigSource())
        .withSources(new SecuritySettings())
        .build();
  }
}
