package io.lite3r.console.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.v1.RejectionReason;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The page in a real browser, over a real broker and a real S3 server. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class PageTest {
  @TestHTTPResource("/")
  URI console;

  @Inject ObjectStore store;

  @ConfigProperty(name = "kafka.bootstrap.servers")
  String kafka;

  @Test
  void aSceneGrowsOnThePageWhileItIsWatched() throws IOException {
    try (Room room = new Room("page-live", store, kafka);
        Browser browser = Browser.open(1280, 800)) {
      browser.driver().get(console + "#page-live");
      browser.await(
          "document.getElementById('notice').innerText.includes('Waiting for page-live')");
      room.publish(Room.RED, 3);

      browser.await("document.getElementById('canvas').dataset.version === '1'");
      assertThat(browser.shown("scene")).isEqualTo("page-live");
      assertThat(browser.shown("tiles")).isEqualTo("3");
      assertThat(browser.shown("triangles")).isEqualTo("6");
      assertThat(browser.shown("cameras")).isEqualTo("2");
      assertThat(browser.shown("frames")).isEqualTo("6");
      browser.await("!document.getElementById('photo').hidden");
      assertThat(browser.driver().findElement(By.id("photo")).getText()).isEqualTo("right #2");
      settle(browser);
      BufferedImage first = image(browser.picture("first"));
      assertThat(share(first, 0)).as("red wall").isGreaterThan(0.02);
      assertThat(share(first, 2)).as("blue wall").isGreaterThan(0.01);
      assertThat(centreOfMass(first, 2)).as("the left wall is left").isLessThan(0.5);

      room.publish(Room.GREEN, 4);

      browser.await("document.getElementById('canvas').dataset.version === '2'");
      settle(browser);
      BufferedImage second = image(browser.picture("second"));
      assertThat(share(second, 1)).as("wall painted green").isGreaterThan(0.02);
      assertThat(share(second, 0)).as("red wall").isLessThan(0.005);
      assertThat(fetched(browser, ".glb")).as("only the changed tile is fetched anew").isEqualTo(4);
      assertThat(
              browser.script(
                  "new Set(performance.getEntriesByType('resource').map(r => new URL(r.name).origin)).size"))
          .as("nothing is loaded from elsewhere")
          .isEqualTo(1L);
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void thePageSaysWhichFramesAreNotInTheSceneAndWhy() {
    try (Room room = new Room("page-reasons", store, kafka);
        Browser browser = Browser.open(1280, 800)) {
      room.publish(Room.RED, 1);
      room.fused("left", 0);
      room.rejected(
          "left",
          7,
          RejectionReason.REJECTION_REASON_LATE,
          "windowing",
          "It came 1.4 s late: <b>send</b> sooner.");

      browser.driver().get(console + "?scene=page-reasons");

      browser.await("document.getElementById('rejections').innerText.includes('left #7')");
      assertThat(browser.driver().findElement(By.id("rejections")).getText())
          .contains("It came 1.4 s late: <b>send</b> sooner.", "windowing");
      assertThat(browser.driver().findElement(By.id("reasons")).getText()).isEqualTo("late 1");
      assertThat(browser.driver().findElement(By.id("fresh-last")).getText()).isEqualTo("2.0 s");
      assertThat(browser.driver().findElement(By.id("stages")).getText())
          .contains("capture", "windowing", "reconstruction", "fusion", "scene");
    }
  }

  @Test
  void aSceneIsForgottenOnlyAfterASecondClickAndLeavesWhenFusionSaysSo() {
    try (Room room = new Room("page-forget", store, kafka);
        Browser browser = Browser.open(1280, 800)) {
      room.publish(Room.RED, 1);
      browser.driver().get(console + "#page-forget");
      browser.await("document.getElementById('canvas').dataset.scene === 'page-forget'");
      browser.await("document.getElementById('canvas').dataset.state === 'ready'");

      browser.driver().findElement(By.id("forget")).click();
      browser.driver().findElement(By.cssSelector("#ask button.danger")).click();

      browser.await("document.getElementById('forget').textContent === 'Being forgotten…'");
      assertThat(browser.script("!!document.querySelector('[data-scene=page-forget]')"))
          .isEqualTo(true);
      room.deleted();
      browser.await("!document.querySelector('#scenes [data-scene=page-forget]')");
    }
  }

  @Test
  void anOlderVersionIsLookedAtAndMadeTheNewestOnlyAfterASecondClick() throws IOException {
    try (Room room = new Room("page-past", store, kafka);
        Browser browser = Browser.open(1280, 800)) {
      room.publish(Room.RED, 2);
      room.publish(Room.GREEN, 3);
      browser.driver().get(console + "#page-past");
      browser.await("document.getElementById('canvas').dataset.version === '2'");
      browser.driver().findElement(By.id("versions-all")).click();
      browser.await("document.getElementById('versions-all').textContent === 'The last few'");

      clickRow(browser, 1);

      browser.await("document.getElementById('canvas').dataset.version === '1'");
      settle(browser);
      assertThat(share(image(browser.picture("past")), 0)).as("red wall").isGreaterThan(0.02);
      assertThat(browser.driver().findElement(By.id("caption-version")).getText())
          .isEqualTo("version 1 · 4 frames · a past version");
      browser.driver().findElement(By.id("to-newest")).click();
      browser.await("document.getElementById('canvas').dataset.version === '2'");

      clickRow(browser, 1);
      browser.driver().findElement(By.id("roll-back")).click();
      browser.driver().findElement(By.cssSelector("#ask-back button.danger")).click();
      browser.await(
          "document.getElementById('history-told').textContent.includes('Going back to version 1')");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  /** Found and clicked in one step: the list is drawn anew every second, which no hand notices. */
  private static void clickRow(Browser browser, int version) {
    browser.script(
        "document.querySelector(\"#versions [data-version='%d']\").click()".formatted(version));
  }

  @Test
  void theViewIsMovedByKeysAloneAndFittedAgain() {
    try (Room room = new Room("page-keys", store, kafka);
        Browser browser = Browser.open(1280, 800)) {
      room.publish(Room.RED, 2);
      browser.driver().get(console + "#page-keys");
      browser.await("document.getElementById('canvas').dataset.scene === 'page-keys'");
      browser.await("document.getElementById('canvas').dataset.state === 'ready'");
      settle(browser);
      byte[] before = browser.picture("keys-before");
      var canvas = browser.driver().findElement(By.id("canvas"));

      browser.script("document.getElementById('canvas').focus()");
      canvas.sendKeys(Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_UP, "+");
      settle(browser);
      assertThat(browser.picture("keys-after")).isNotEqualTo(before);

      canvas.sendKeys("c");
      assertThat(
              browser
                  .driver()
                  .findElement(By.cssSelector("[data-do=cameras]"))
                  .getDomAttribute("aria-pressed"))
          .isEqualTo("false");
    }
  }

  @Test
  void onAPhoneEverythingFitsTheWidth() {
    try (Room room = new Room("page-phone", store, kafka);
        Browser browser = Browser.open(390, 844)) {
      room.publish(Room.RED, 2);
      browser.driver().get(console + "#page-phone");
      browser.await("document.getElementById('canvas').dataset.scene === 'page-phone'");
      browser.await("document.getElementById('canvas').dataset.state === 'ready'");

      assertThat(browser.script("document.documentElement.scrollWidth")).isEqualTo(390L);
      settle(browser);
      browser.picture("phone");
    }
  }

  @Test
  void withoutWebGlThePageSaysSoAndTheRestWorks() {
    try (Room room = new Room("page-flat", store, kafka);
        Browser browser = Browser.open(1280, 800, "--disable-3d-apis")) {
      room.publish(Room.RED, 1);
      browser.driver().get(console + "#page-flat");

      browser.await("document.getElementById('notice').innerText.includes('No WebGL')");
      browser.await("document.getElementById('caption-name').textContent === 'page-flat'");
      assertThat(browser.shown("state")).isEqualTo("no-webgl");
    }
  }

  /** Arrivals and flights take less than a second; then the page draws no more. */
  private static void settle(Browser browser) {
    browser.await("document.getElementById('canvas').dataset.moving === 'false'");
  }

  private static long fetched(Browser browser, String end) {
    return (Long)
        browser.script(
            "performance.getEntriesByType('resource').filter(r => r.name.endsWith('%s')).length"
                .formatted(end));
  }

  private static BufferedImage image(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png)).getSubimage(210, 64, 750, 730);
  }

  /** The share of pixels in which one channel is at least twice each other and not dark. */
  private static double share(BufferedImage image, int channel) {
    return (double) where(image, channel).size() / (image.getWidth() * image.getHeight());
  }

  private static double centreOfMass(BufferedImage image, int channel) {
    return where(image, channel).stream().mapToInt(x -> x).average().orElse(0) / image.getWidth();
  }

  private static List<Integer> where(BufferedImage image, int channel) {
    List<Integer> columns = new ArrayList<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        int[] c = {rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255};
        int others = Math.max(c[(channel + 1) % 3], c[(channel + 2) % 3]);
        if (c[channel] > 90 && c[channel] > 2 * others) {
          columns.add(x);
        }
      }
    }
    return columns;
  }
}
