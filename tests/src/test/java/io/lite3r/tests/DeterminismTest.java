package io.lite3r.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same images give the same scene to the last bit, and other images another. */
@ExtendWith(WithChain.class)
class DeterminismTest {
  private static final List<String> RIG = List.of("east", "west");
  private static final List<Shot> SHOTS = Shots.made(RIG, 12, 10);
  private static String first;

  private static synchronized String first(Chain chain) {
    if (first == null) {
      first = digest(chain, "same-first", cameras -> cameras.postAll(SHOTS));
    }
    return first;
  }

  @Test
  void aSecondRunGivesTheSameDigest(Chain chain) {
    String again = digest(chain, "same-again", cameras -> cameras.postAll(SHOTS));
    assertThat(again).isEqualTo(first(chain));
  }

  @Test
  void postingAtTheCamerasOwnPaceGivesTheSameDigest(Chain chain) {
    String paced = digest(chain, "same-paced", cameras -> cameras.postAtRate(SHOTS));
    assertThat(paced).isEqualTo(first(chain));
  }

  @Test
  void camerasThatRunFreelyOfEachOtherGiveTheSameDigest(Chain chain) {
    String free =
        digest(
            chain,
            "same-free",
            cameras ->
                RIG.reversed().stream()
                    .map(camera -> CompletableFuture.runAsync(() -> postOne(cameras, camera)))
                    .toList()
                    .forEach(CompletableFuture::join));
    assertThat(free).isEqualTo(first(chain));
  }

  @Test
  void oneThreadGivesTheSameDigestAsTwo(Chain chain) {
    String two = first(chain); // as Chain sets it
    Map<String, String> settings =
        Map.of("lite3r.inference.threads", "1", "lite3r.fusion.threads", "1");
    try {
      chain.reconstruction.restartWith(settings);
      chain.fusion.restartWith(settings);
      String one = digest(chain, "same-one-thread", cameras -> cameras.postAll(SHOTS));
      assertThat(one).isEqualTo(two);
    } finally {
      chain.reconstruction.restartWith(Map.of());
      chain.fusion.restartWith(Map.of());
    }
  }

  @Test
  void onePixelOfOneFrameChangesTheDigest(Chain chain) {
    List<Shot> changed = new ArrayList<>(SHOTS);
    Shot victim = changed.get(9);
    changed.set(9, victim.withBytes(Shots.withOnePixelChanged(victim.bytes(), 131, 77)));
    String other = digest(chain, "one-pixel", cameras -> cameras.postAll(changed));
    assertThat(other).isNotEqualTo(first(chain));
  }

  private static void postOne(TestCameras cameras, String camera) {
    cameras.postAll(SHOTS.stream().filter(shot -> shot.camera().equals(camera)).toList());
  }

  private static String digest(
      Chain chain, String scene, java.util.function.Consumer<TestCameras> post) {
    TestCameras cameras = chain.cameras(scene, "run", RIG);
    post.accept(cameras);
    Audit audit = chain.finished(cameras.endAll());
    assertThat(audit.violations()).as(audit.counts()).isEmpty();
    assertThat(audit.manifest().frames()).as("fused frames").isEqualTo(SHOTS.size());
    return audit.digest();
  }
}
