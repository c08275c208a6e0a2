package io.lite3r.stack;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka node, broker and controller in one, that keeps its log in a folder and listens on
 * loopback.
 */
final class EmbeddedBroker implements AutoCloseable {
  private static final int NODE_ID = 1;

  private final int port;
  private final KafkaRaftServer server;

  private EmbeddedBroker(int port, KafkaRaftServer server) {
    this.port = port;
    this.server = server;
  }

  /**
   * Formats the folder when it is new, starts the node and returns when it serves.
   *
   * @param maxMessageBytes the largest record any topic allows
   * @param security how it is entered; null for a broker that lets everybody in
   */
  static EmbeddedBroker start(
      Path folder, int port, int maxMessageBytes, @Nullable BrokerSecurity security)
      throws Exception {
    Properties settings = settings(folder, port, FreePorts.one(), maxMessageBytes);
    if (security != null) {
      settings.putAll(security.brokerSettings(port, settings.getProperty("listeners")));
    }
    if (!isFormatted(folder)) {
      format(folder, security == null ? List.of() : security.firstLogins());
    }
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
    server.startup();
    return new EmbeddedBroker(port, server);
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  /** Whether there is a broker's log in the folder already. */
  static boolean isFormatted(Path folder) {
    return Files.exists(folder.resolve("meta.properties"));
  }

  /**
   * @param logins that exist before anybody can log in to make them, in Kafka's notation
   */
  private static void format(Path folder, List<String> logins) throws Exception {
    Files.createDirectories(folder);
    new Formatter()
        .setNodeId(NODE_ID)
        .setClusterId(Uuid.randomUuid().toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setDirectories(List.of(folder.toString()))
        .setMetadataLogDirectory(folder.toString())
        .setControllerListenerName("CONTROLLER")
        .setScramArguments(logins)
        // What it prints has the logins in it.
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
        .run();
  }

  private static Properties settings(
      Path folder, int port, int controllerPort, int maxMessageBytes) {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
    settings.put(
        "listeners",
        "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("log.dirs", folder.toString());
    // Topics come from topics.yaml; a misspelt name must fail, not appear.
    settings.put("auto.create.topics.enable", "false");
    settings.put("message.max.bytes", Integer.toString(maxMessageBytes));
    settings.put("replica.fetch.max.bytes", Integer.toString(maxMessageBytes));
    // One node: internal topics cannot have more replicas, and need few partitions.
    for (String topic :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      settings.put(topic + ".replication.factor", "1");
      settings.put(topic + ".num.partitions", "4");
    }
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    // A killed service should not leave its partitions orphaned for the default 45 s.
    settings.put("group.consumer.min.session.timeout.ms", "6000");
    settings.put("group.consumer.session.timeout.ms", "10000");
    settings.put("group.consumer.min.heartbeat.interval.ms", "1000");
    settings.put("group.consumer.heartbeat.interval.ms", "2000");
    // A laptop's share of memory: the defaults are sized for a data centre.
    settings.put("log.cleaner.dedupe.buffer.size", "16777216");
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    return settings;
  }
}
