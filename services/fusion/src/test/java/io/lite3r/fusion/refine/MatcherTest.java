package io.lite3r.fusion.refine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.geometry.Rigid3;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MatcherTest {

  @Test
  void aCameraThatStandsShowsOnePictureAndOneThatWalksAnotherEachTime() {
    List<Rigid3> walk = TexturedRoom.walk(3);
    List<SubmapView> views =
        TexturedRoom.seen(List.of(walk.get(0), walk.get(0), walk.get(1), walk.get(2)));
    noise(views.get(1).rgb(), new Random(1));

    Matcher matcher = Matcher.of(views);

    assertThat(matcher.isSamePicture(0, 1)).as("the same but for noise").isTrue();
    assertThat(matcher.isSamePicture(0, 2)).as("a step on").isFalse();
    assertThat(matcher.isSamePicture(2, 3)).as("another step on").isFalse();
  }

  private static void noise(byte[] rgb, Random random) {
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.clamp(Math.round((rgb[i] & 0xff) + 3 * random.nextGaussian()), 0, 255);
    }
  }
}
