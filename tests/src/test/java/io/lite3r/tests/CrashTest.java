package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * kill -9 in the middle of a run: nothing is lost, nothing is there twice, the scene is the same.
 */
@ExtendWith(WithChain.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CrashTest {
  private static final List<Shot> SHOTS = Shots.made(List.of("east", "west"), 24, 5);
  private static final int FUSED_BEFORE_THE_KILL = 2;

  /** Full windows of 24 instants of two cameras: three instants each, the first of them shared. */
  private static final int WINDOWS = 11;

  /** Longer than a live camera may be silent: nobody can be heard, so nobody is. */
  private static final Duration OUTAGE = Duration.ofSeconds(7);

  private static String undisturbed;

  /** What the scene is when nobody is killed. */
  private static synchronized String undisturbed(Chain chain) {
    if (undisturbed == null) {
      TestCameras cameras = chain.cameras("crash-none", "run", Shots.cameras(SHOTS));
      Audit audit = chain.finished(cameras.postAll(SHOTS).endAll());
      assertThat(audit.violations()).as(audit.counts()).isEmpty();
      assertThat(audit.manifest().frames()).isEqualTo(SHOTS.size());
      undisturbed = audit.digest();
    }
    return undisturbed;
  }

  @Test
  void killedWindowingGoesOnWhereItCommitted(Chain chain) {
    survives(
        chain,
        "crash-windowing",
        () -> {
          chain.windowing.freeze();
          chain.log.catchUp();
          Await.until(
              "frames that windowing has not committed",
              Chain.RECOVERY,
              () -> Lag.of(chain, "lite3r-windowing", "frames") > 0);
          chain.windowing.thaw();
          chain.windowing.kill();
        });
  }

  @Test
  void killedReconstructionGivesEveryWindowItsOneOutcome(Chain chain) {
    survives(chain, "crash-reconstruction", () -> killAtWork(chain, "crash-reconstruction", 4));
  }

  /** The same where any worker takes any window: what the dead one held is delivered again. */
  @Test
  void killedReconstructionOfAShareGroupGivesEveryWindowItsOneOutcome(Chain chain) {
    chain.reconstruction.restartWith(Map.of("lite3r.reconstruction.consumption", "share"));
    try {
      survives(chain, "crash-share", () -> killAtWork(chain, "crash-share", 4));
    } finally {
      chain.reconstruction.restartWith(Map.of());
    }
  }

  @Test
  void killedFusionAppliesEveryWindowOnce(Chain chain) {
    survives(
        chain,
        "crash-fusion",
        () -> {
          Await.until(
              "fusion to be caught with windows that no version holds",
              Chain.RECOVERY,
              () -> {
                chain.fusion.freeze();
                chain.log.catchUp();
                boolean atWork = chain.log.scene("crash-fusion").unpublishedWindows() > 0;
                if (!atWork) {
                  chain.fusion.thaw();
                }
                return atWork;
              });
          chain.fusion.kill();
        });
  }

  /**
   * Kills reconstruction while it holds windows: they are let pile up before it, and when the first
   * of them is done it is frozen, looked at, and killed with the others in hand.
   */
  private static void killAtWork(Chain chain, String scene, int pile) {
    chain.reconstruction.freeze();
    long done = await(chain, scene, pile + " windows before reconstruction", pile);
    chain.reconstruction.thaw();
    chain.log.await(
        "the first window of the pile to be reconstructed",
        scene,
        Chain.RECOVERY,
        records -> records.reconstructions().size() > done,
        chain::endsOfLogs);
    chain.reconstruction.freeze();
    chain.log.catchUp();
    assertThat(chain.log.scene(scene).unreconstructedWindows())
        .as("windows in hand when reconstruction is killed")
        .isPositive();
    chain.reconstruction.kill();
  }

  /** How many windows had an outcome when so many had none. */
  private static long await(Chain chain, String scene, String what, int waiting) {
    return chain
        .log
        .await(
            what,
            scene,
            Chain.RECOVERY,
            records -> records.unreconstructedWindows() >= waiting,
            chain::endsOfLogs)
        .reconstructions()
        .size();
  }

  @Test
  void killedCaptureNeverAcceptedWhatItDidNotKeep(Chain chain) {
    survives(chain, "crash-capture", chain.capture::kill);
  }

  @Test
  @Order(Integer.MAX_VALUE - 1)
  void killedBrokerAndObjectStoreComeBackWithAllTheyAcknowledged(Chain chain) {
    survives(
        chain,
        "crash-stack",
        () -> {
          Await.until(
              "a camera to be one frame ahead of the other, so that its rig waits",
              Chain.RECOVERY,
              () -> {
                chain.capture.freeze();
                chain.log.catchUp();
                boolean ahead = chain.log.scene("crash-stack").frames().size() % 2 == 1;
                if (!ahead) {
                  chain.capture.thaw();
                }
                return ahead;
              });
          chain.stack.kill();
          LockSupport.parkNanos(OUTAGE.toNanos());
          chain.stack.start();
          chain.capture.thaw();
        });
  }

  /**
   * The audit must be able to fail. Here fusion commits its offsets before the effect, as it would
   * with Kafka's automatic commits; killed with work in hand, it loses that work.
   */
  @Test
  @Order(Integer.MAX_VALUE)
  void theAuditFindsWhatIsLostWhenFusionCommitsBeforeTheEffect(Chain chain) {
    TestCameras cameras = chain.cameras("crash-seeded-bug", "run", Shots.cameras(SHOTS));
    try {
      chain.fusion.restartWith(SEEDED_BUG);
      cameras.postAll(SHOTS);
      chain.log.await(
          "all windows to be reconstructed and the first to be fused",
          cameras.scene(),
          Chain.RECOVERY,
          records -> records.reconstructions().size() >= WINDOWS && !records.updates().isEmpty(),
          chain::endsOfLogs);
      Lag.awaitNone(chain, Chain.RECOVERY);
      chain.fusion.kill();
      chain.fusion.awaitReady();
      cameras.endAll();
      chain.log.await(
          "the end of the capture",
          cameras.scene(),
          Chain.RECOVERY,
          records -> !records.closed().isEmpty(),
          chain::endsOfLogs);
      Lag.awaitNone(chain, Chain.RECOVERY);
    } finally {
      chain.fusion.restartWith(Map.of());
    }
    chain.log.catchUp();
    Audit audit = Audit.of(chain.log.scene(cameras.scene()), chain.objects, List.of(cameras));
    System.out.println(audit.counts());
    assertThat(audit.violations())
        .as("violations of a fusion that commits before the effect")
        .anyMatch(violation -> violation.startsWith("L1") && violation.endsWith("has no outcome"));
  }

  /** The bug, and a pause between publications so long that there is work in hand. */
  private static final Map<String, String> SEEDED_BUG =
      Map.of(
          "mp.messaging.incoming.reconstructions-in.commit-strategy", "ignore",
          "mp.messaging.incoming.reconstructions-in.enable.auto.commit", "true",
          "mp.messaging.incoming.reconstructions-in.auto.commit.interval.ms", "10",
          "lite3r.fusion.publish-interval", "PT10M");

  /**
   * Posts at the cameras' own pace, lets the fault happen in the middle, and audits the end. The
   * second half is not posted before the fault strikes, however slow the machine.
   */
  private static void survives(Chain chain, String scene, Runnable fault) {
    String expected = undisturbed(chain);
    TestCameras cameras = chain.cameras(scene, "run", Shots.cameras(SHOTS));
    CountDownLatch struck = new CountDownLatch(1);
    CompletableFuture<TestCameras> posting =
        CompletableFuture.supplyAsync(
            () -> cameras.postAtRate(SHOTS, shot -> isFirstHalf(shot) || has(struck)));
    chain.log.await(
        "the first windows to be fused",
        scene,
        Chain.RECOVERY,
        records -> records.fused() >= FUSED_BEFORE_THE_KILL,
        chain::endsOfLogs);
    assertThat(posting).as("frames are still being posted").isNotDone();
    long killed = System.nanoTime();
    struck.countDown();
    fault.run();
    posting.orTimeout(Chain.RECOVERY.toSeconds(), TimeUnit.SECONDS).join().endAll();
    Audit audit = chain.finished(cameras);
    System.out.printf(
        "%s: whole again %.1f s after the kill, %d repeated posts%n",
        scene, Duration.ofNanos(System.nanoTime() - killed).toMillis() / 1e3, cameras.retries());
    assertThat(cameras.accepted()).hasSize(SHOTS.size());
    assertThat(audit.violations()).as(audit.counts()).isEmpty();
    assertThat(audit.notFused()).as("frames that had another end").isEmpty();
    assertThat(audit.manifest().frames()).as("fused frames").isEqualTo(SHOTS.size());
    assertThat(audit.digest()).as("digest of the scene").isEqualTo(expected);
  }

  private static boolean isFirstHalf(Shot shot) {
    return shot.sequence() < SHOTS.size() / 4; // two cameras
  }

  private static boolean has(CountDownLatch happened) {
    try {
      return happened.await(Chain.RECOVERY.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
