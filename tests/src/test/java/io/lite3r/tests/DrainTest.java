package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * SIGTERM, as a rollout or a scaler sends it: work in hand is ended, said, and not done again; what
 * was owned is another's at once.
 */
@Tag("infra-full")
@ExtendWith(WithChain.class)
class DrainTest {
  private static final List<Shot> SHOTS = Shots.made(List.of("east", "west"), 24, 6);
  private static final String SCENE = "drain";
  private static final int PILE = 6;

  /** After which the broker would give the partitions of a silent member away. */
  private static final Duration SESSION = Duration.ofSeconds(10);

  /** What k8s/base/reconstruction.yaml sets. */
  private static final Map<String, String> AS_DEPLOYED =
      Map.of("lite3r.reconstruction.drain", "PT60S");

  @Test
  void aWorkerThatIsToldToStopCommitsWhatItHasDoneAndNothingIsDoneTwice(Chain chain)
      throws Exception {
    chain.reconstruction.restartWith(AS_DEPLOYED);
    TestCameras cameras = chain.cameras(SCENE, "run", Shots.cameras(SHOTS));
    chain.reconstruction.freeze();
    cameras.postAll(SHOTS);
    chain.log.await(
        PILE + " windows before reconstruction",
        SCENE,
        Chain.RECOVERY,
        records -> records.unreconstructedWindows() >= PILE,
        chain::endsOfLogs);
    chain.reconstruction.thaw();
    chain.log.await(
        "the first window of the pile to be reconstructed",
        SCENE,
        Chain.RECOVERY,
        records -> !records.reconstructions().isEmpty(),
        chain::endsOfLogs);

    boolean byItself = chain.reconstruction.stop();

    assertThat(byItself).as("it ended within the time that it was given").isTrue();
    chain.reconstruction.restartWith(Map.of());
    Audit audit = chain.finished(cameras.endAll());
    assertThat(audit.violations()).as(audit.counts()).isEmpty();
    assertThat(chain.reconstruction.get("/metrics"))
        .containsPattern("lite3r_reconstruction_repeats_total\\S* 0");
  }

  @Test
  void partitionsOfAFusionThatIsToldToStopAreAnothersBeforeASessionWouldHaveTimedOut(Chain chain) {
    try (ServiceProcess other = chain.another("fusion")) {
      other.awaitReady();
      Await.until("two owners", Chain.RECOVERY, () -> owners(chain).equals(List.of(2, 2)));

      long from = System.nanoTime();
      CompletableFuture<Boolean> stopping = CompletableFuture.supplyAsync(chain.fusion::stop);
      Await.until("one owner", SESSION, () -> owners(chain).equals(List.of(4)));

      System.out.printf(
          "all partitions were the other's after %d ms%n", (System.nanoTime() - from) / 1_000_000);
      assertThat(stopping.join()).as("it ended by itself").isTrue();
    } finally {
      chain.fusion.restartWith(Map.of());
    }
  }

  /** How many partitions each member of fusion's group has, sorted. */
  private static List<Integer> owners(Chain chain) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", chain.stack.bootstrapServers()))) {
      String group = "lite3r-fusion";
      return admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().stream()
          .map(member -> member.assignment().topicPartitions().size())
          .sorted()
          .toList();
    }
  }
}
