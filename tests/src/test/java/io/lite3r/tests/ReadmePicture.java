package io.lite3r.tests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Takes the README's picture: the sample capture, posted at a pace that two cores hold, while
 * somebody watches. {@code ./lite3r test picture} runs it.
 */
@Tag("picture")
@ExtendWith(WithChain.class)
class ReadmePicture {
  private static final double INSTANTS_PER_SECOND = 1;
  private static final int ENOUGH_FRAMES = 20;

  @Test
  void theConsoleWhileFramesArrive(Chain chain) throws Exception {
    chain.reconstruction.restartWith(
        Map.of("lite3r.model.dir", Repository.SHIPPED_MODEL.toString()));
    List<Shot> shots = Shots.repeated(Shots.of(Repository.SAMPLE), 1, INSTANTS_PER_SECOND);
    TestCameras cameras = chain.cameras("room", "today", Shots.cameras(shots));
    CompletableFuture<TestCameras> posting =
        CompletableFuture.supplyAsync(() -> cameras.postAtRate(shots));
    chain.log.await(
        ENOUGH_FRAMES + " frames to be in the scene",
        cameras.scene(),
        Chain.RECOVERY,
        records -> records.fused() >= ENOUGH_FRAMES,
        chain::endsOfLogs);
    try (Browser browser = new Browser()) {
      browser.resize(1280, 800);
      browser.open(chain.console().uri() + "/#" + cameras.scene());
      browser.await(
          "+document.getElementById('canvas').dataset.triangles > 0", Duration.ofSeconds(60));
      Path picture = Repository.ROOT.resolve("docs/pictures/console.png");
      Files.write(picture, browser.picture());
    }
    chain.finished(posting.join().endAll());
  }
}
