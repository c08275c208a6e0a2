package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.access.Access;
import io.lite3r.security.KafkaLogin;
import io.lite3r.tests.WithSecureChain.Locked;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every user of the broker against every topic, group and transaction that it must not touch. */
@Tag("infra")
@ExtendWith(WithSecureChain.class)
class KafkaAccessTest {
  private static final List<String> USERS =
      List.of("capture", "windowing", "reconstruction", "fusion", "console");
  private static final Map<String, String> GROUPS =
      Map.of(
          "windowing", "lite3r-windowing",
          "reconstruction", "lite3r-reconstruction",
          "fusion", "lite3r-fusion",
          "console", "lite3r-console-1");
  private static final String SHARE_GROUP = "lite3r-reconstruction-share";
  private static final String CHANGELOG = "lite3r-windowing-views-changelog";

  @Test
  void theUsersAreThoseOfAccessYaml() {
    Set<String> users = new TreeSet<>(USERS);
    users.add("standalone");
    assertThat(new TreeSet<>(Access.stated().services().keySet())).isEqualTo(users);
    assertThat(GROUPS.keySet()).isSubsetOf(users);
  }

  @Test
  void aUserWritesNoTopicButItsOwn(Locked locked) throws Exception {
    Map<String, Boolean> refused = new TreeMap<>();
    for (String user : USERS) {
      Map<String, Object> settings = locked.chain().login(user);
      settings.put("enable.idempotence", false);
      try (var producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
        Map<String, Future<?>> sent = new HashMap<>();
        for (String topic : others(user, t -> t.producers().contains(user))) {
          sent.put(topic, producer.send(new ProducerRecord<>(topic, new byte[1])));
        }
        for (var one : sent.entrySet()) {
          refused.put(user + " writes " + one.getKey(), isRefused(one.getValue()));
        }
      }
    }
    assertThat(refused).hasSizeGreaterThan(15).doesNotContainValue(false);
  }

  @Test
  void aUserReadsNoTopicButItsOwn(Locked locked) {
    Map<String, Boolean> refused = new TreeMap<>();
    for (String user : USERS) {
      for (String topic : others(user, t -> t.consumers().containsKey(user))) {
        try (var consumer = consumer(locked.chain().login(user))) {
          consumer.assign(List.of(new TopicPartition(topic, 0)));
          consumer.seek(new TopicPartition(topic, 0), 0);
          refused.put(user + " reads " + topic, isRefused(consumer));
        }
      }
    }
    assertThat(refused).hasSizeGreaterThan(20).doesNotContainValue(false);
  }

  @Test
  void aUserJoinsNoGroupButItsOwn(Locked locked) {
    Map<String, Class<?>> answers = new TreeMap<>();
    Map<String, Class<?>> wanted = new TreeMap<>();
    for (String user : USERS) {
      for (var group : GROUPS.entrySet()) {
        if (!group.getKey().equals(user)) {
          String line = user + " joins " + group.getValue();
          wanted.put(line, GroupAuthorizationException.class);
          answers.put(line, joining(locked.chain().login(user), group.getValue(), user));
        }
      }
    }
    assertThat(answers).isEqualTo(wanted).hasSize(16);
  }

  @Test
  void onlyWindowingWritesTransactionsAndOnlyUnderItsOwnName(Locked locked) {
    for (String user : USERS) {
      String id = user.equals("windowing") ? "lite3r-other-1" : "lite3r-windowing-1";
      Map<String, Object> settings = locked.chain().login(user);
      settings.put("transactional.id", id);
      try (var producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
        assertThatThrownBy(producer::initTransactions)
            .as("%s writes transactions as %s", user, id)
            .isInstanceOf(TransactionalIdAuthorizationException.class);
      }
    }
  }

  @Test
  void onlyReconstructionSetsItsShareGroupAndNoOther(Locked locked) throws Exception {
    Map<String, Boolean> refused = new TreeMap<>();
    for (String user : USERS) {
      try (Admin admin = Admin.create(locked.chain().login(user))) {
        for (String group : List.of(SHARE_GROUP, "lite3r-reconstruction", "lite3r-other")) {
          refused.put(user + " sets " + group, settingIsRefused(admin, group));
        }
      }
    }
    assertThat(refused.remove("reconstruction sets " + SHARE_GROUP)).isFalse();
    assertThat(refused).hasSize(14).doesNotContainValue(false);
  }

  @Test
  void reconstructionSharesWindowsAndTheConsoleSeesHowFar(Locked locked) throws Exception {
    Map<String, Object> settings = locked.chain().login("reconstruction");
    settings.put("group.id", SHARE_GROUP);
    try (var worker =
            new KafkaShareConsumer<>(
                settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Admin console = Admin.create(locked.chain().login("console"))) {
      worker.subscribe(List.of(Topics.WINDOWS));
      worker.poll(Duration.ofSeconds(10));
      assertThat(
              console
                  .listShareGroupOffsets(Map.of(SHARE_GROUP, new ListShareGroupOffsetsSpec()))
                  .partitionsToOffsetInfo(SHARE_GROUP)
                  .get()
                  .keySet())
          .allSatisfy(partition -> assertThat(partition.topic()).isEqualTo(Topics.WINDOWS));
    }
    Map<String, Object> strangers = locked.chain().login("fusion");
    strangers.put("group.id", SHARE_GROUP);
    try (var stranger =
        new KafkaShareConsumer<>(
            strangers, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      stranger.subscribe(List.of(Topics.RECONSTRUCTIONS));
      assertThatThrownBy(() -> stranger.poll(Duration.ofSeconds(10)))
          .isInstanceOf(GroupAuthorizationException.class);
    }
  }

  private static boolean settingIsRefused(Admin admin, String group) throws InterruptedException {
    AlterConfigOp wanted =
        new AlterConfigOp(
            new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
    try {
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), List.of(wanted)))
          .all()
          .get();
      return false;
    } catch (ExecutionException e) {
      return e.getCause() instanceof GroupAuthorizationException;
    }
  }

  @Test
  void nobodyMakesOrDeletesTopicsOrChangesRules(Locked locked) {
    for (String user : USERS) {
      try (Admin admin = Admin.create(locked.chain().login(user))) {
        assertThatThrownBy(
                () -> admin.createTopics(List.of(new NewTopic("more", 1, (short) 1))).all().get())
            .as(user)
            .hasCauseInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(() -> admin.deleteTopics(List.of(Topics.FRAMES)).all().get())
            .as(user)
            .hasCauseInstanceOf(TopicAuthorizationException.class);
        assertThatThrownBy(
                () ->
                    admin
                        .describeAcls(org.apache.kafka.common.acl.AclBindingFilter.ANY)
                        .values()
                        .get())
            .as(user)
            .hasCauseInstanceOf(ClusterAuthorizationException.class);
      }
    }
  }

  @Test
  void whoHasNoLoginOrAnotherCertificateIsNotHeard(Locked locked) {
    Map<String, Object> wrong = locked.chain().login("fusion");
    wrong.put(
        "sasl.jaas.config",
        wrong
            .get("sasl.jaas.config")
            .toString()
            .replace(locked.chain().password("fusion"), locked.chain().password("capture")));
    assertThat(asking(wrong)).isInstanceOf(AuthenticationException.class);

    Map<String, Object> strangers = locked.chain().login("fusion");
    strangers.put("ssl.truststore.type", "PKCS12");
    strangers.put(
        "ssl.truststore.location", System.getProperty("java.home") + "/lib/security/cacerts");
    assertThat(asking(strangers)).isInstanceOf(AuthenticationException.class);
  }

  @Test
  void theAuthorityMayComeAsPkcs12(Locked locked) throws Exception {
    Path authority = locked.chain().data.resolve("ca.p12");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(locked.chain().data.resolve("security/ca.pem"))) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    try (OutputStream out = Files.newOutputStream(authority)) {
      store.store(out, "open".toCharArray());
    }
    String password = locked.chain().password("capture");
    Map<String, Object> settings =
        new HashMap<>(new KafkaLogin("capture", password, authority, "open").properties());
    settings.put("bootstrap.servers", locked.chain().bootstrapServers());

    try (Admin admin = Admin.create(settings)) {
      assertThat(admin.listTopics().names().get())
          .as("what capture may know of")
          .containsExactlyInAnyOrder(Topics.FRAMES, Topics.FRAME_OUTCOMES, Topics.DEAD_LETTERS);
    }
  }

  private static Throwable asking(Map<String, Object> settings) {
    try (Admin admin = Admin.create(settings)) {
      admin.listTopics().names().get();
      return null;
    } catch (ExecutionException | InterruptedException e) {
      return e.getCause();
    }
  }

  private interface Own {
    boolean has(Topic topic);
  }

  /** All topics but those; and, unless it is windowing, windowing's changelog. */
  private static List<String> others(String user, Own own) {
    Stream<String> stated = Topics.all().stream().filter(t -> !own.has(t)).map(Topic::name);
    Stream<String> internal = user.equals("windowing") ? Stream.of() : Stream.of(CHANGELOG);
    return Stream.concat(stated, internal).toList();
  }

  private static boolean isRefused(Future<?> sent) throws InterruptedException {
    try {
      sent.get();
      return false;
    } catch (ExecutionException e) {
      return e.getCause() instanceof TopicAuthorizationException;
    }
  }

  private static boolean isRefused(KafkaConsumer<byte[], byte[]> consumer) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    try {
      while (System.nanoTime() < deadline) {
        if (!consumer.poll(Duration.ofMillis(200)).isEmpty()) {
          return false;
        }
      }
      return false;
    } catch (TopicAuthorizationException e) {
      return true;
    }
  }

  private static Class<?> joining(Map<String, Object> settings, String group, String user) {
    settings.put("group.id", group);
    try (var consumer = consumer(settings)) {
      consumer.subscribe(List.of(readable(user)));
      consumer.poll(Duration.ofSeconds(10));
      return null;
    } catch (AuthorizationException e) {
      return e.getClass();
    }
  }

  /** A topic of which the user may at least know that it is there. */
  private static String readable(String user) {
    return Topics.all().stream()
        .filter(t -> t.consumers().containsKey(user) || t.producers().contains(user))
        .findFirst()
        .orElseThrow()
        .name();
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings) {
    settings.put("auto.offset.reset", "earliest");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
