package io.lite3r.stack;

import io.lite3r.schemas.access.Access;
import io.lite3r.schemas.access.KafkaRules;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;

/**
 * What stands between a client and the broker beyond a laptop: TLS, a login for each service
 * (SCRAM-SHA-512), and the rules of access.yaml, checked by Kafka's own StandardAuthorizer. The
 * controller's listener takes the node's certificate and no other.
 */
final class BrokerSecurity {
  private static final String ADMIN = "admin";
  private static final int ITERATIONS = 4096; // Kafka's own
  private static final String LISTENER = "listener.name.sasl_ssl.";

  private final Secrets secrets;

  private BrokerSecurity(Secrets secrets) {
    this.secrets = secrets;
  }

  /** Over the folder's certificate and passwords; made when they are not there. */
  static BrokerSecurity in(Path folder) throws IOException, GeneralSecurityException {
    Set<String> users = new LinkedHashSet<>(Access.stated().services().keySet());
    users.add(ADMIN);
    return new BrokerSecurity(Secrets.in(folder, users));
  }

  /** The admin's login, in the notation of Kafka's formatter. */
  List<String> firstLogins() throws IOException {
    return List.of("SCRAM-SHA-512=[name=%s,password=%s]".formatted(ADMIN, secrets.password(ADMIN)));
  }

  /**
   * The broker's settings that differ from those of an open one.
   *
   * @param listeners those of the open one
   */
  Map<String, String> brokerSettings(int port, String listeners) throws IOException {
    Map<String, String> settings = new HashMap<>();
    settings.put("listeners", listeners.replace("PLAINTEXT://", "SASL_SSL://"));
    settings.put("advertised.listeners", "SASL_SSL://127.0.0.1:" + port);
    settings.put("listener.security.protocol.map", "SASL_SSL:SASL_SSL,CONTROLLER:SSL");
    settings.put("inter.broker.listener.name", "SASL_SSL");
    settings.put("sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512");
    settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    settings.put(LISTENER + "scram-sha-512.sasl.jaas.config", login());
    settings.put("listener.name.controller.ssl.client.auth", "required");
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.location", secrets.keyStore().toString());
    settings.put("ssl.keystore.password", secrets.password(Secrets.NODE));
    settings.put("ssl.key.password", secrets.password(Secrets.NODE));
    settings.putAll(trust());
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:%s;User:%s".formatted(ADMIN, Secrets.NODE_DN));
    return settings;
  }

  /** How the stack itself logs in. */
  Map<String, String> adminSettings() throws IOException {
    Map<String, String> settings = new HashMap<>(trust());
    settings.put("security.protocol", "SASL_SSL");
    settings.put("sasl.mechanism", "SCRAM-SHA-512");
    settings.put("sasl.jaas.config", login());
    return settings;
  }

  /** Gives every service its login and its rules, and takes rules away that no longer stand. */
  void admit(Admin admin) throws IOException, InterruptedException, ExecutionException {
    List<UserScramCredentialAlteration> logins = new ArrayList<>();
    Set<AclBinding> rules = new LinkedHashSet<>();
    for (String service : Access.stated().services().keySet()) {
      logins.add(
          new UserScramCredentialUpsertion(
              service,
              new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS),
              secrets.password(service)));
      rules.addAll(KafkaRules.of(service));
    }
    admin.alterUserScramCredentials(logins).all().get();
    List<AclBindingFilter> outdated =
        admin.describeAcls(AclBindingFilter.ANY).values().get().stream()
            .filter(rule -> !rules.contains(rule))
            .map(AclBinding::toFilter)
            .toList();
    admin.deleteAcls(outdated).all().get();
    admin.createAcls(rules).all().get();
  }

  private Map<String, String> trust() {
    return Map.of(
        "ssl.truststore.type", "PEM", "ssl.truststore.location", secrets.authority().toString());
  }

  private String login() throws IOException {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(ADMIN, secrets.password(ADMIN));
  }
}
