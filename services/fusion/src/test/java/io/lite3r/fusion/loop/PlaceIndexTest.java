package io.lite3r.fusion.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.fusion.refine.TexturedRoom;
import io.lite3r.fusion.scene.CircuitCapture;
import io.lite3r.fusion.submap.SubmapView;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Finding a place again by its pictures. */
class PlaceIndexTest {
  private static final LoopRules RULES = LoopRules.SERVED;
  private static final int LAP = 15;

  private static List<SubmapView> views(long first) {
    return TexturedRoom.seen(
        LongStream.range(first, first + 3).mapToObj(CircuitCapture::roomFromCamera).toList());
  }

  private static List<ViewLooks> looks(List<SubmapView> views) {
    return views.stream().map(ViewLooks::of).toList();
  }

  private static PlaceIndex lap() {
    PlaceIndex index = new PlaceIndex();
    for (int w = 0; w < 5; w++) {
      index.add(w, looks(views(3L * w)));
    }
    return index;
  }

  @Test
  void everyPlaceOfTheSecondLapIsFoundInTheFirst() {
    PlaceIndex index = lap();
    for (int w = 0; w < 5; w++) {
      List<SubmapView> again = views(LAP + 3L * w);
      List<PlaceIndex.Candidate> found = index.candidates(20, looks(again), RULES);
      assertThat(found).isNotEmpty();
      LoopFinder.Found loop = LoopFinder.find(found, again, number -> views(3L * number), RULES);
      assertThat(loop).as("a loop at window %d of the second lap", w).isNotNull();
      // The neighbour on the lap shows part of it, too.
      assertThat(Math.floorMod(loop.earlier() - w + 1, 5)).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aPlaceThatIsNewIsNotFound() {
    PlaceIndex index = new PlaceIndex();
    index.add(0, looks(views(0)));
    index.add(1, looks(views(3)));
    List<SubmapView> opposite = views(8);
    assertThat(
            LoopFinder.find(
                index.candidates(20, looks(opposite), RULES),
                opposite,
                number -> views(3L * number),
                RULES))
        .isNull();
  }

  @Test
  void windowsNearbyCloseNoLoop() {
    PlaceIndex index = lap();
    assertThat(index.candidates(4 + RULES.leastApart(), looks(views(12)), RULES))
        .noneMatch(c -> c.number() == 4);
  }

  @Test
  void looksAreTheSameForTheSamePictureAndAsByChanceForNoise() {
    SubmapView view = views(0).getFirst();
    ViewLooks looks = ViewLooks.of(view);
    assertThat(ViewLooks.decoded(looks.encoded()).alike(looks)).isEqualTo(1);
    byte[] noise = new byte[view.rgb().length];
    new Random(1).nextBytes(noise);
    SubmapView other =
        new SubmapView(
            view.depth(), view.confidence(), noise, view.intrinsics(), view.submapFromCamera());
    assertThat(ViewLooks.of(other).alike(looks)).isBetween(-0.5, 0.5);
  }
}
