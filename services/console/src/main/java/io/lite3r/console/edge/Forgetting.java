package io.lite3r.console.edge;

import io.lite3r.schemas.Topics;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.schemas.v1.SceneDeletion;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;

/**
 * Asks for a scene to be forgotten. The request goes the way of the windows, so that fusion meets
 * it between two of them and nothing of the scene is half there.
 */
@ApplicationScoped
public class Forgetting {
  private final Emitter<Record<String, byte[]>> requests;

  @Inject
  Forgetting(
      @Channel(Topics.RECONSTRUCTIONS + "-console-out") Emitter<Record<String, byte[]>> requests) {
    this.requests = requests;
  }

  /** Returns once the request is durable. */
  void ask(String scene) {
    Instant now = Instant.now();
    byte[] value =
        ReconstructionRecord.newBuilder()
            .setSceneDeletion(
                SceneDeletion.newBuilder()
                    .setScene(scene)
                    .setRequestedAtNs(now.getEpochSecond() * 1_000_000_000 + now.getNano()))
            .build()
            .toByteArray();
    try {
      requests.send(Record.of(scene, value)).toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.unavailable("the console is stopping; ask again");
    } catch (ExecutionException | TimeoutException e) {
      throw Problem.unavailable(
          "Kafka did not take the request to forget %s (%s); ask again".formatted(scene, e));
    }
  }
}
