package io.lite3r.windowing;

import static io.lite3r.windowing.Rig.arrival;
import static io.lite3r.windowing.Rig.end;
import static io.lite3r.windowing.Rig.silent;
import static io.lite3r.windowing.Rig.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureAssemblyTest {
  private static final WindowingRules FOUR_SHARING_ONE = rules(4, 1, 1_000_000);

  private static WindowingRules rules(int views, int shared, long bytes) {
    return new WindowingRules(
        views, shared, Duration.ofMillis(25), Duration.ofSeconds(1), Duration.ZERO, bytes);
  }

  private static WindowingRules everyOf(Duration interval) {
    return new WindowingRules(
        4, 1, Duration.ofMillis(25), Duration.ofSeconds(1), interval, 1_000_000);
  }

  private final Rig rig = new Rig(FOUR_SHARING_ONE);

  @Test
  void oneCameraGivesOverlappingRunsAndALastWindowThatReachesBack() {
    rig.play(stream("a", 9, 0.1, 0, "a"));

    assertThat(rig.windowsInWords())
        .containsExactly(
            "a0 a1 a2 a3 | 0 FULL", "a3 a4 a5 a6 | 1 FULL", "a5 a6 a7 a8 | 2 CAPTURE_ENDED");
    assertThat(rig.windows()).extracting(Decision.WindowClosed::number).containsExactly(0L, 1L, 2L);
    assertThat(rig.all(Decision.CaptureClosed.class))
        .containsExactly(new Decision.CaptureClosed(3, 2));
  }

  @Test
  void anInstantTooSoonAfterTheLastOneKeptIsLeftOutForAllCamerasAndTold() {
    Rig slow = new Rig(everyOf(Duration.ofMillis(250)));

    slow.play(
        Rig.interleaved(
            List.of(stream("a", 8, 0.1, 0, "a", "b"), stream("b", 8, 0.1, 0.01, "a", "b")), 7));

    assertThat(slow.windowsInWords())
        .containsExactly("a0 b0 a3 b3 | 0 FULL", "a3 b3 a6 b6 | 2 FULL");
    assertThat(slow.all(Decision.Skip.class))
        .extracting(skip -> skip.frame().camera() + skip.frame().sequence())
        .containsExactly("a1", "b1", "a2", "b2", "a4", "b4", "a5", "b5", "a7", "b7");
    assertThat(slow.all(Decision.Release.class)).as("views that the store gives up").hasSize(2 * 8);
  }

  @Test
  void aStreamFullOfGapsDoesNotGrowTheState() {
    CaptureAssembly assembly = new CaptureAssembly("kitchen", "flight-1");
    int after100 = 0;
    for (int i = 0; i < 1000; i++) {
      assembly.accept(arrival("a", 2L * i, 0.1 * i, "a"), FOUR_SHARING_ONE, i);
      if (i == 100) {
        after100 = AssemblyCodec.encode(assembly).length;
      }
    }

    assertThat(AssemblyCodec.encode(assembly).length).isLessThan(after100 + 500);
  }

  @Test
  void whatIsLeftOutDoesNotDependOnTheStoreInBetween() {
    WindowingRules rules = everyOf(Duration.ofMillis(250));
    List<CameraEvent> events = stream("a", 20, 0.1, 0, "a");

    assertThat(Rig.playThroughTheStore(rules, events))
        .isEqualTo(new Rig(rules).play(events).decisions);
  }

  @Test
  void aCaptureThatEndsWithAFullWindowGetsNoOther() {
    rig.play(stream("a", 7, 0.1, 0, "a"));

    assertThat(rig.windows()).hasSize(2);
  }

  @Test
  void aWindowClosesWithItsLastFrameAndNotWithTheNext() {
    rig.play(stream("a", 4, 1, 0, "a").subList(0, 4));

    assertThat(rig.windowsInWords()).containsExactly("a0 a1 a2 a3 | 0 FULL");
  }

  @Test
  void aCaptureSmallerThanAWindowIsOneSmallWindow() {
    rig.play(stream("a", 3, 0.1, 0, "a"));

    assertThat(rig.windowsInWords()).containsExactly("a0 a1 a2 | 0 CAPTURE_ENDED");
  }

  @Test
  void aSingleFrameIsTooFew() {
    rig.play(stream("a", 1, 0.1, 0, "a"));

    assertThat(rig.windows()).isEmpty();
    assertThat(rig.all(Decision.Reject.class))
        .extracting(Decision.Reject::reason)
        .containsExactly(Decision.Reason.TOO_FEW_VIEWS);
    assertThat(rig.all(Decision.CaptureClosed.class))
        .containsExactly(new Decision.CaptureClosed(0, -1));
  }

  @Test
  void aCameraThatSentNothingStillClosesItsCapture() {
    rig.play(end("a", "a"));

    assertThat(rig.all(Decision.CaptureClosed.class))
        .containsExactly(new Decision.CaptureClosed(0, -1));
  }

  @Test
  void twoCamerasAreMatchedWithinTheToleranceAndOrderedByInstantThenName() {
    rig.play(
        arrival("left", 0, 0.000, "left", "right"),
        arrival("right", 0, 0.020, "left", "right"),
        arrival("right", 1, 0.110, "left", "right"),
        arrival("left", 1, 0.100, "left", "right"));

    assertThat(rig.windowsInWords()).containsExactly("left0 right0 left1 right1 | 0 FULL");
    assertThat(rig.all(Decision.InstantClosed.class))
        .extracting(Decision.InstantClosed::skewNs)
        .containsExactly(20_000_000L, 10_000_000L);
  }

  @Test
  void aRigOfFourSharesOneInstantOfFourViews() {
    Rig five = new Rig(rules(5, 1, 1_000_000)).play(rigOfFour(3));

    assertThat(five.windowsInWords())
        .containsExactly("a0 b0 c0 d0 a1 b1 c1 d1 | 0 FULL", "a1 b1 c1 d1 a2 b2 c2 d2 | 4 FULL");
  }

  @Test
  void theFirstInstantIsAWindowWhenItHasAllTheViewsOfOne() {
    rig.play(rigOfFour(3));

    assertThat(rig.windowsInWords())
        .containsExactly(
            "a0 b0 c0 d0 | 0 FULL",
            "a0 b0 c0 d0 a1 b1 c1 d1 | 4 FULL",
            "a1 b1 c1 d1 a2 b2 c2 d2 | 4 FULL");
  }

  @Test
  void aFirstInstantThatLacksACameraWaitsForTheNext() {
    List<CameraEvent> events = new ArrayList<>(rigOfFour(2));
    events.removeIf(
        event ->
            event instanceof CameraEvent.FrameArrived arrived
                && arrived.frame().camera().equals("d")
                && arrived.frame().sequence() == 0);

    assertThat(rig.play(events).windowsInWords()).containsExactly("a0 b0 c0 a1 b1 c1 d1 | 0 FULL");
  }

  private static List<CameraEvent> rigOfFour(int instants) {
    String[] names = {"a", "b", "c", "d"};
    List<List<CameraEvent>> streams = new ArrayList<>();
    for (String name : names) {
      streams.add(stream(name, instants, 0.1, 0, names));
    }
    return Rig.interleaved(streams, 1);
  }

  @Test
  void howTheCamerasInterleaveChangesNothing() {
    String[] names = {"a", "b", "c"};
    List<List<CameraEvent>> streams = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      // Uneven rates and offsets, so that partners are missing here and there.
      streams.add(stream(names[i], 20 + 3 * i, 0.1 + 0.007 * i, 0.009 * i, names));
    }
    Set<List<Decision.WindowClosed>> results = new HashSet<>();

    for (long seed = 0; seed < 200; seed++) {
      results.add(new Rig(FOUR_SHARING_ONE).play(Rig.interleaved(streams, seed)).windows());
    }

    assertThat(results).hasSize(1);
    assertThat(results.iterator().next()).hasSizeGreaterThan(10);
  }

  @Test
  void stateSurvivesTheStoreBetweenAnyTwoEvents() {
    String[] names = {"a", "b"};
    List<CameraEvent> events =
        Rig.interleaved(
            List.of(stream("a", 12, 0.1, 0, names), stream("b", 9, 0.13, 0.01, names)), 7);

    assertThat(Rig.playThroughTheStore(FOUR_SHARING_ONE, events))
        .isEqualTo(rig.play(events).decisions);
  }

  @Test
  void everyFrameIsKeptOnceReleasedOnceAndInAWindow() {
    String[] names = {"a", "b", "c"};
    List<List<CameraEvent>> streams = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      streams.add(stream(names[i], 17 + i, 0.1, 0.004 * i, names));
    }

    rig.play(Rig.interleaved(streams, 3));

    List<FrameRef> kept = rig.all(Decision.Keep.class).stream().map(Decision.Keep::frame).toList();
    assertThat(kept).hasSize(17 + 18 + 19);
    assertThat(rig.all(Decision.Release.class))
        .extracting(Decision.Release::frame)
        .containsExactlyInAnyOrderElementsOf(kept);
    assertThat(rig.windows().stream().flatMap(w -> w.frames().stream()).distinct())
        .containsExactlyInAnyOrderElementsOf(kept);
  }

  @Test
  void sharedViewsAreTheLeadingOnesOfTheNextWindow() {
    Rig larger = new Rig(rules(8, 3, 1_000_000)).play(stream("a", 30, 0.1, 0, "a"));

    List<Decision.WindowClosed> windows = larger.windows();
    for (int i = 1; i < windows.size(); i++) {
      List<FrameRef> before = windows.get(i - 1).frames();
      List<FrameRef> frames = windows.get(i).frames();
      int shared = windows.get(i).sharedWithPrevious();
      assertThat(frames.subList(0, shared)).isSubsetOf(before);
      assertThat(frames.subList(shared, frames.size())).doesNotContainAnyElementsOf(before);
      assertThat(shared).isGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void aCameraThatMissesAnInstantIsCountedOnceItHasMovedOn() {
    rig.play(
        arrival("a", 0, 0.0, "a", "b"),
        arrival("b", 0, 0.0, "a", "b"),
        arrival("a", 1, 0.1, "a", "b"));
    assertThat(rig.all(Decision.InstantClosed.class)).hasSize(1);

    rig.play(arrival("b", 1, 0.2, "a", "b"));

    assertThat(rig.all(Decision.InstantClosed.class))
        .extracting(Decision.InstantClosed::missing)
        .containsExactly(0, 1);
  }

  @Test
  void aSilentCameraHoldsNothingBackOnceItsSilenceIsRecorded() {
    rig.play(arrival("a", 0, 0, "a", "b"), arrival("a", 1, 1, "a", "b"));
    assertThat(rig.windows()).isEmpty();

    rig.play(silent("b", 1.5));

    assertThat(rig.windowsInWords()).containsExactly("a0 a1 | 0 FULL");
  }

  @Test
  void aFrameFromARecordedSilenceIsLate() {
    rig.play(arrival("b", 0, 0, "a", "b"), silent("b", 1.5), arrival("b", 1, 1.4, "a", "b"));

    assertThat(rig.all(Decision.Reject.class))
        .extracting(reject -> reject.frame().sequence(), Decision.Reject::reason)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(1L, Decision.Reason.LATE));
  }

  @Test
  void aFrameBehindItsOwnCameraIsLate() {
    rig.play(arrival("a", 5, 1.0, "a"), arrival("a", 6, 0.9, "a"), arrival("a", 4, 1.1, "a"));

    assertThat(rig.all(Decision.Reject.class))
        .extracting(reject -> reject.frame().sequence())
        .containsExactly(6L, 4L);
  }

  @Test
  void aDuplicateHasNoEffectAndAConflictIsTold() {
    FrameRef other = new FrameRef("a", 1, 100_000_000, Rig.FRAME_BYTES, "other bytes", 42, null);

    rig.play(
        arrival("a", 0, 0, "a"),
        arrival("a", 1, 0.1, "a"),
        arrival("a", 0, 0, "a"),
        new CameraEvent.FrameArrived(other, List.of("a"), false));
    rig.play(stream("a", 9, 0.1, 0, "a").subList(2, 10));

    assertThat(rig.all(Decision.Duplicate.class)).hasSize(1);
    assertThat(rig.all(Decision.Conflict.class)).hasSize(1);
    assertThat(rig.windows())
        .isEqualTo(new Rig(FOUR_SHARING_ONE).play(stream("a", 9, 0.1, 0, "a")).windows());
  }

  @Test
  void aRepeatOfTheWholeCaptureHasNoEffect() {
    List<CameraEvent> events = stream("a", 9, 0.1, 0, "a");
    rig.play(events);
    int before = rig.decisions.size();

    rig.play(events);

    assertThat(rig.decisions.subList(before, rig.decisions.size()))
        .hasSize(9)
        .allMatch(Decision.Duplicate.class::isInstance);
  }

  @Test
  void aNewFrameAfterTheEndIsRejected() {
    rig.play(stream("a", 9, 0.1, 0, "a"));

    rig.play(arrival("a", 9, 2, "a"));

    assertThat(rig.decisions.getLast()).isInstanceOf(Decision.Reject.class);
  }

  @Test
  void unnamedCamerasAreDiscoveredBeforeTheFirstInstantCloses() {
    rig.play(arrival("a", 0, 0), arrival("a", 1, 0.5), arrival("b", 0, 0), arrival("b", 1, 0.5));
    assertThat(rig.all(Decision.InstantClosed.class)).isEmpty();

    rig.play(arrival("a", 2, 1.0), arrival("b", 2, 1.0));

    assertThat(rig.windowsInWords())
        .containsExactly("a0 b0 a1 b1 | 0 FULL", "a1 b1 a2 b2 | 2 FULL");
  }

  @Test
  void aWindowClosesBeforeItGrowsBeyondItsBytes() {
    Rig small = new Rig(rules(8, 2, 3 * Rig.FRAME_BYTES));

    small.play(stream("a", 8, 0.1, 0, "a"));

    assertThat(small.windows())
        .allSatisfy(
            window ->
                assertThat(window.frames().stream().mapToInt(FrameRef::sizeBytes).sum())
                    .isLessThanOrEqualTo(3 * Rig.FRAME_BYTES));
    assertThat(small.windows().getFirst().reason()).isEqualTo(Decision.Close.BYTE_LIMIT);
    assertThat(small.windows().stream().flatMap(w -> w.frames().stream()).distinct()).hasSize(8);
  }

  @Test
  void idsDependOnFramesAndRulesAndNothingElse() {
    List<CameraEvent> events = stream("a", 9, 0.1, 0, "a");
    List<String> ids = rig.play(events).windows().stream().map(w -> w.id()).toList();
    List<String> others =
        new Rig(rules(4, 1, 999_999)).play(events).windows().stream().map(w -> w.id()).toList();

    assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9a-f]{64}"));
    assertThat(others).hasSameSizeAs(ids).doesNotContainAnyElementsOf(ids);
  }

  @ParameterizedTest
  @CsvSource({"4,1,1,4,1", "4,1,2,2,1", "4,1,4,2,1", "8,2,2,4,1", "8,3,2,4,2", "6,2,4,2,1"})
  void viewsBecomeInstantsByTheSizeOfTheRig(
      int views, int shared, int cameras, int instants, int sharedInstants) {
    WindowingRules rules = rules(views, shared, 1);

    assertThat(rules.instants(cameras)).isEqualTo(instants);
    assertThat(rules.sharedInstants(cameras)).isEqualTo(sharedInstants);
  }

  @Test
  void impossibleRulesAreRefused() {
    assertThatThrownBy(() -> rules(4, 4, 1)).hasMessageContaining("shared-views = 4");
    assertThatThrownBy(() -> rules(4, 0, 1)).hasMessageContaining("shared-views = 0");
  }
}
