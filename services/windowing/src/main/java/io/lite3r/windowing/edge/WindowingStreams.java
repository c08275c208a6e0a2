package io.lite3r.windowing.edge;

import io.lite3r.schemas.Topic;
import io.lite3r.schemas.Topics;
import io.lite3r.security.KafkaConnection;
import io.lite3r.windowing.Patience;
import io.lite3r.windowing.WindowingRules;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Runs the topology. A failure that Kafka Streams does not recover from ends the process: its
 * supervisor starts it again, and it goes on from the last commit.
 */
@ApplicationScoped
@Readiness
public class WindowingStreams implements HealthCheck {
  private static final Logger LOG = Logger.getLogger(WindowingStreams.class);

  /** Room that a window's own fields, the headers and the batch take beside the views. */
  private static final int RESERVED_BYTES = 65_536;

  private final WindowingRules rules;
  private final KafkaStreams streams;

  @Inject
  WindowingStreams(WindowingSettings settings, Config config, Tracer tracer, Meter meter) {
    this.rules =
        new WindowingRules(
            settings.views(),
            settings.sharedViews(),
            settings.tolerance(),
            settings.discovery(),
            settings.interval(),
            Topics.get(Topics.WINDOWS).maxMessageBytes() - RESERVED_BYTES);
    this.streams =
        new KafkaStreams(
            WindowingTopology.of(
                rules,
                new Patience(settings.silentAfter(), settings.endedAfter()),
                new WindowTelemetry(tracer, meter)),
            properties(settings, KafkaConnection.properties(config)));
    streams.setUncaughtExceptionHandler(
        failure -> {
          LOG.error("windowing failed and ends its process to be started again", failure);
          Quarkus.asyncExit(1);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
  }

  /** Partitions are assigned meanwhile; the service is not ready before. */
  void start(@Observes StartupEvent event) {
    streams.start();
    long start = System.nanoTime();
    int windows = WarmUp.run(rules);
    LOG.infof(
        "warmed up in %.1f s, on %d windows of nothing",
        (System.nanoTime() - start) / 1e9, windows);
  }

  void stop(@Observes ShutdownEvent event) {
    // Leaving says so: partitions that are kept for one who comes back wait out the session's ten
    // seconds.
    streams.close(
        CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
            .withTimeout(Duration.ofSeconds(10)));
  }

  @Override
  public HealthCheckResponse call() {
    KafkaStreams.State state = streams.state();
    return HealthCheckResponse.named("windowing")
        .status(state == KafkaStreams.State.RUNNING)
        .withData("state", state.name())
        .build();
  }

  static Properties properties(WindowingSettings settings, Map<String, Object> connection) {
    int largest = Topics.all().stream().mapToInt(Topic::maxMessageBytes).max().orElseThrow();
    Properties p = new Properties();
    p.putAll(connection);
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, "lite3r-windowing");
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
    p.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir().toString());
    // A window becomes visible with the commit, so this is part of every frame's freshness.
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitInterval().toMillis());
    p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), largest);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 2L * largest);
    Topic frames = Topics.get(Topics.FRAMES);
    p.put(
        StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
        frames.maxMessageBytes());
    Topic.Consumption reading = Objects.requireNonNull(frames.consumers().get("windowing"));
    int retryMs = Math.toIntExact(reading.retryBudget().toMillis());
    p.put(StreamsConfig.TASK_TIMEOUT_MS_CONFIG, retryMs);
    p.put(StreamsConfig.producerPrefix(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG), retryMs);
    // A killed process must not hold its partitions, nor its transaction, for long.
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    return p;
  }
}
