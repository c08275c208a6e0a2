package io.lite3r.reconstruction.edge;

import io.smallrye.reactive.messaging.ClientCustomizer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * {@code lite3r.reconstruction.consumption}: with {@code group}, a consumer group, each worker has
 * partitions of {@code windows}; with {@code share}, a share group (KIP-932), any worker takes any
 * window. The channel's other settings follow in microprofile-config.properties.
 *
 * <p>A share group would begin at the end of the topic, and windows from before its first worker
 * would be lost; so it is told, before its first consumer comes, to begin at the beginning.
 */
@ApplicationScoped
public class ShareGroup implements ClientCustomizer<Map<String, Object>> {
  private static final String CHANNEL = "windows-in";
  private static final long PATIENCE_S = 30;

  /** What a consumer group's member may be told and a share group's refuses. */
  private static final Set<String> OF_CONSUMER_GROUPS =
      Set.of(
          "auto.offset.reset",
          "enable.auto.commit",
          "isolation.level",
          "session.timeout.ms",
          "heartbeat.interval.ms",
          "partition.assignment.strategy",
          "group.instance.id",
          "group.protocol");

  /** The broker's side of the same. */
  private static final Map<String, String> GROUP =
      Map.of("share.auto.offset.reset", "earliest", "share.isolation.level", "read_committed");

  private final boolean isShared;

  public ShareGroup(
      @ConfigProperty(name = "lite3r.reconstruction.consumption") String consumption) {
    if (!Set.of("group", "share").contains(consumption)) {
      throw new IllegalArgumentException(
          "lite3r.reconstruction.consumption must be group or share, got " + consumption);
    }
    this.isShared = consumption.equals("share");
  }

  @Override
  public Map<String, Object> customize(
      String channel, Config channelConfig, Map<String, Object> config) {
    // With several consumers the later ones' channels are called windows-in$1 and so on.
    if (!isShared || !channel.startsWith(CHANNEL)) {
      return config;
    }
    Map<String, Object> customized = new HashMap<>(config);
    customized.keySet().removeAll(OF_CONSUMER_GROUPS);
    // One window at a time, and none behind it in the client, where its lock would run out.
    customized.put("share.acquire.mode", "record_limit");
    beginAtTheBeginning(String.valueOf(config.get("group.id")), config);
    return customized;
  }

  private static void beginAtTheBeginning(String group, Map<String, Object> connection) {
    Map<String, Object> settings = new HashMap<>(connection);
    settings.keySet().retainAll(AdminClientConfig.configNames());
    settings.remove("client.id");
    List<AlterConfigOp> wanted =
        GROUP.entrySet().stream()
            .map(
                e ->
                    new AlterConfigOp(
                        new ConfigEntry(e.getKey(), e.getValue()), AlterConfigOp.OpType.SET))
            .toList();
    try (Admin admin = Admin.create(settings)) {
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), wanted))
          .all()
          .get(PATIENCE_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while share group %s was set".formatted(group), e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "share group %s cannot be told %s; this process must be allowed to alter the configuration of that group"
              .formatted(group, GROUP),
          e);
    }
  }
}
