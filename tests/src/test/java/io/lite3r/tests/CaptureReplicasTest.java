package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.schemas.v1.RejectionReason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two captures behind one address: each hears half of a rig. */
@Tag("infra")
@ExtendWith(WithChain.class)
class CaptureReplicasTest {
  private static final List<String> RIG = List.of("left", "right");
  private static final int TOGETHER = 6;

  @Test
  void framesGoToAnyReplicaAndACameraThatStopsIsNoticedByNeither(Chain chain) {
    try (ServiceProcess replica = chain.another("capture")) {
      replica.awaitReady();
      TestCameras[] replicas = {
        chain.cameras("replicas", "run", RIG),
        new TestCameras(replica.uri(), "replicas", "run", RIG)
      };
      List<Shot> shots = Shots.made(RIG, 200, 4);
      int next = 0;
      while (next < 2 * TOGETHER) {
        replicas[next / 3 % 2].post(shots.get(next++));
      }

      // Left has stopped; right goes on, now here, now there.
      int[] right = {TOGETHER};
      Await.until(
          "windows of right alone",
          Duration.ofSeconds(40),
          () -> {
            int instant = right[0]++;
            replicas[instant % 2].post(shots.get(2 * instant + 1));
            return chain.log.scene("replicas").windows().stream()
                .flatMap(window -> window.getViewsList().stream())
                .anyMatch(view -> view.getId().getSequence() > TOGETHER + 1);
          },
          chain::endsOfLogs);
      replicas[0].endAll();

      Audit audit = chain.finished(replicas);

      assertThat(audit.violations()).isEmpty();
      assertThat(chain.log.scene("replicas").terminal())
          .noneMatch(
              outcome ->
                  outcome.getRejected().getReason() == RejectionReason.REJECTION_REASON_LATE);
    }
  }
}
