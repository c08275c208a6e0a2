package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** SIGTERM, as a rollout or a scaler sends it: work in hand is ended, said, and not done again. */
@Tag("infra-full")
@ExtendWith(WithChain.class)
class DrainTest {
  private static final List<Shot> SHOTS = Shots.made(List.of("east", "west"), 24, 6);
  private static final String SCENE = "drain";
  private static final int PILE = 6;

  /** What k8s/base/reconstruction.yaml sets. */
  private static final Map<String, String> AS_DEPLOYED =
      Map.of("mp.messaging.connector.smallrye-kafka.graceful-shutdown", "true");

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
    chain.log.catchUp();
    assertThat(Lag.of(chain, "lite3r-reconstruction", "windows"))
        .as("windows that are not committed, of which each has yet to be done")
        .isEqualTo(chain.log.scene(SCENE).unreconstructedWindows());

    chain.reconstruction.restartWith(Map.of());
    Audit audit = chain.finished(cameras.endAll());
    assertThat(audit.violations()).as(audit.counts()).isEmpty();
    assertThat(chain.reconstruction.get("/metrics"))
        .contains("lite3r_reconstruction_repeats_total 0");
  }
}
