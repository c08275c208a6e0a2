package io.lite3r.windowing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilenceWatchTest {
  private static final long S = 1_000_000_000;
  private static final SilenceWatch.CaptureName FLIGHT =
      new SilenceWatch.CaptureName("scene", "capture");

  private final SilenceWatch watch = new SilenceWatch(5 * S, 600 * S);

  @Test
  void aCameraThatOthersHaveOvertakenIsSilentUpToTheLookBefore() {
    heard("a", 0, 0);
    heard("b", 0, 0);
    steadily("a", 1, 4);
    assertThat(watch.look(4 * S).silences()).isEmpty();
    steadily("a", 5, 6);

    assertThat(watch.look(6 * S).silences()).containsExactly(silence("b", 4));
    assertThat(watch.look(7 * S).silences()).containsExactly(silence("b", 6));
    assertThat(watch.look(8 * S).silences()).isEmpty();
  }

  @Test
  void camerasThatAreQuietWhileAnotherSendsAreCounted() {
    heard("a", 0, 0);
    heard("b", 0, 0);
    heard("c", 0, 0);
    steadily("a", 1, 5);
    assertThat(watch.silent(5 * S)).isZero();
    heard("a", 6, 6);
    assertThat(watch.silent(6 * S)).isEqualTo(2);
    watch.ended(FLIGHT, "b");
    assertThat(watch.silent(6 * S)).isEqualTo(1);

    assertThat(watch.silent(20 * S)).as("nobody sends any more").isZero();
  }

  /** Broker, capture service or network were away: the first to come back is no reason. */
  @Test
  void afterAWholeRigWasQuietEachHasTimeToComeBack() {
    heard("b", 0, 0);
    heard("a", 0, 0);
    steadily("a", 1, 2);
    assertThat(watch.look(60 * S).silences()).isEmpty();
    heard("a", 3, 61);
    assertThat(watch.look(61 * S).silences()).isEmpty();
    watch.heard(FLIGHT, "b", 3 * S, List.of(), 61 * S + S / 4);

    assertThat(watch.look(64 * S).silences()).isEmpty();
    assertThat(watch.silent(64 * S)).isZero();
  }

  @Test
  void aRigOfRareInstantsGoesOnWithoutACameraThatIsMissingForTheThirdTime() {
    heard("a", 0, 0);
    heard("b", 0, 0);
    heard("a", 60, 60);
    assertThat(watch.look(70 * S).silences()).isEmpty();
    heard("a", 120, 120);
    assertThat(watch.look(121 * S).silences()).containsExactly(silence("b", 60));
  }

  @Test
  void aCameraAloneIsNeverSilent() {
    heard("a", 0, 0, "a");

    assertThat(watch.look(100 * S).silences()).isEmpty();
    assertThat(watch.look(200 * S).silences()).isEmpty();
  }

  @Test
  void aCameraOfTheRigThatNeverSpokeIsSilent() {
    heard("a", 3, 0, "a", "b");
    watch.look(S);
    heard("a", 5, 2, "a", "b");
    heard("a", 7, 4, "a", "b");
    heard("a", 9, 6, "a", "b");

    assertThat(watch.look(6 * S).silences()).containsExactly(silence("b", 3));
  }

  @Test
  void anEndedCameraIsNotSilent() {
    heard("a", 0, 0);
    heard("b", 0, 0);
    watch.ended(FLIGHT, "b");
    steadily("a", 1, 9);
    watch.look(9 * S);

    assertThat(watch.look(10 * S).silences()).isEmpty();
  }

  @Test
  void aCameraThatSpeaksAgainIsNotSilent() {
    heard("a", 0, 0);
    heard("b", 0, 0);
    steadily("a", 1, 9);
    watch.look(9 * S);
    heard("b", 9, 10);
    heard("a", 10, 10);

    assertThat(watch.look(11 * S).silences()).isEmpty();
  }

  @Test
  void aCameraThatIsQuietForLongHasEndedOnce() {
    heard("a", 0, 0, "a", "b");
    heard("b", 0, 0, "a", "b");
    heard("a", 500, 500, "a", "b");

    assertThat(watch.look(601 * S).gone())
        .containsExactly(new SilenceWatch.Gone(FLIGHT, "b", List.of("a", "b")));
    assertThat(watch.look(602 * S).gone()).isEmpty();
    assertThat(watch.look(1101 * S).gone())
        .extracting(SilenceWatch.Gone::camera)
        .containsExactly("a");
    assertThat(watch.look(9999 * S).gone()).isEmpty();
  }

  @Test
  void aCameraThatEndedByMistakeIsWatchedAgainWhenItSpeaks() {
    heard("a", 0, 0, "a", "b");
    assertThat(watch.look(601 * S).gone()).hasSize(2);
    heard("a", 602, 602, "a", "b");

    assertThat(watch.look(1203 * S).gone())
        .extracting(SilenceWatch.Gone::camera)
        .containsExactly("a");
  }

  @Test
  void whoTakesACaptureOverNoticesWhatStoppedBefore() {
    WindowingRules rules =
        new WindowingRules(
            4, 1, Duration.ofMillis(25), Duration.ofSeconds(1), Duration.ZERO, 1_000_000);
    CaptureAssembly assembly = new CaptureAssembly("scene", "capture");
    for (String camera : List.of("a", "b")) {
      assembly.accept(
          new CameraEvent.FrameArrived(Rig.frame(camera, 0, 0), List.of("a", "b"), true), rules, 0);
    }
    assembly.accept(
        new CameraEvent.FrameArrived(Rig.frame("a", 1, 3), List.of("a", "b"), true), rules, 0);

    CaptureAssembly restored =
        AssemblyCodec.decode("scene", "capture", AssemblyCodec.encode(assembly));
    assertThat(restored.isWatched()).isTrue();
    watch.resume(FLIGHT, restored, 100 * S);
    watch.look(101 * S);

    steadily("a", 101, 104);
    assertThat(watch.look(104 * S).silences()).as("so soon").isEmpty();
    heard("a", 106, 106);
    assertThat(watch.look(106 * S).silences()).containsExactly(silence("b", 104));
    assertThat(watch.look(707 * S).gone()).hasSize(2);
  }

  @Test
  void aClosedCaptureIsForgotten() {
    heard("a", 0, 0);
    heard("b", 0, 0);
    heard("a", 9, 9);
    watch.closed(FLIGHT);

    assertThat(watch.look(999 * S)).isEqualTo(new SilenceWatch.Look(List.of(), List.of()));
  }

  private static SilenceWatch.Silence silence(String camera, long untilSeconds) {
    return new SilenceWatch.Silence(FLIGHT, camera, untilSeconds * S);
  }

  /** Heard every second. */
  private void steadily(String camera, long fromSeconds, long toSeconds) {
    for (long second = fromSeconds; second <= toSeconds; second++) {
      heard(camera, second, second);
    }
  }

  private void heard(String camera, long streamSeconds, long clockSeconds, String... rig) {
    watch.heard(FLIGHT, camera, streamSeconds * S, List.of(rig), clockSeconds * S);
  }
}
