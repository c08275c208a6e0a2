package io.lite3r.tests;

import io.lite3r.objects.ObjectStore;
import io.lite3r.objects.ObjectStoreSettings;
import io.lite3r.standalone.StackProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Broker and object store on ports that stay the same, so that they can come back after a kill. */
final class StackFixture implements AutoCloseable {
  private final Path data;
  private final int kafkaPort = Forks.freePort();
  private final int s3Port = Forks.freePort();
  private StackProcess process;

  StackFixture(Path data) {
    this.data = data;
    start();
  }

  String bootstrapServers() {
    return process.endpoints().kafka();
  }

  /** What a service is told of them. */
  Map<String, String> settings() {
    StackProcess.Endpoints endpoints = process.endpoints();
    return Map.of(
        "kafka.bootstrap.servers", endpoints.kafka(),
        "lite3r.s3.endpoint", endpoints.s3(),
        "lite3r.s3.access-key", endpoints.accessKey(),
        "lite3r.s3.secret-key", endpoints.secretKey());
  }

  ObjectStore objects() {
    StackProcess.Endpoints endpoints = process.endpoints();
    return new ObjectStore(
        new ObjectStoreSettings(
            URI.create(endpoints.s3()),
            endpoints.accessKey(),
            endpoints.secretKey(),
            "lite3r",
            Duration.ofMinutes(1)));
  }

  /** kill -9 of broker and object store. */
  void kill() {
    Forks.kill(process.process());
  }

  /** Starts them over the same folder on the same ports; returns when they serve. */
  void start() {
    try {
      process =
          StackProcess.start(
              Repository.ROOT,
              data,
              "--kafka-port",
              Integer.toString(kafkaPort),
              "--s3-port",
              Integer.toString(s3Port));
      Forks.register(process.process());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
