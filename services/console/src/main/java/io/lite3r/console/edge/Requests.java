package io.lite3r.console.edge;

import io.lite3r.console.scene.Version;
import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.SceneDeletion;
import io.lite3r.schemas.v1.SceneRollback;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.jboss.logging.Logger;

/**
 * Asks fusion for something: to forget a scene, to go back to one of its versions. Requests go the
 * way of the windows, so that fusion meets them between two of them and nothing is half there.
 */
@ApplicationScoped
public class Requests {
  private static final Logger LOG = Logger.getLogger(Requests.class);

  private final Emitter<Record<String, byte[]>> requests;

  @Inject
  Requests(
      @Channel(Topics.RECONSTRUCTIONS + "-console-out") Emitter<Record<String, byte[]>> requests) {
    this.requests = requests;
  }

  /** Returns once the request to forget the scene is durable. */
  void forget(String scene) {
    send(
        scene,
        "forget",
        ReconstructionRecord.newBuilder()
            .setSceneDeletion(SceneDeletion.newBuilder().setScene(scene).setRequestedAtNs(nowNs()))
            .build());
  }

  /** Returns once the request to go back to the version is durable. */
  void rollBack(Version version) {
    send(
        version.scene(),
        "roll back",
        ReconstructionRecord.newBuilder()
            .setSceneRollback(
                SceneRollback.newBuilder()
                    .setScene(version.scene())
                    .setVersion(version.version())
                    .setManifestSha256(version.manifest().sha256())
                    .setRequestedAtNs(nowNs()))
            .build());
  }

  private void send(String scene, String what, ReconstructionRecord record) {
    try {
      requests
          .send(Record.of(scene, record.toByteArray()))
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.unavailable("the console is stopping; ask again");
    } catch (ExecutionException | TimeoutException e) {
      LOG.errorf(e, "Kafka did not take the request to %s %s", what, scene);
      throw Problem.unavailable(
          "Kafka did not take the request to %s %s; ask again".formatted(what, scene));
    }
  }

  private static long nowNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }
}
