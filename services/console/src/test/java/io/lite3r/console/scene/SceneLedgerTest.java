package io.lite3r.console.scene;

import static io.lite3r.console.scene.FrameEnd.Kind.FUSED;
import static io.lite3r.console.scene.FrameEnd.Kind.REFUSED;
import static io.lite3r.console.scene.FrameEnd.Kind.REJECTED;
import static io.lite3r.console.scene.FrameEnd.Kind.SKIPPED;
import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.console.scene.Version.ManifestRef;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SceneLedgerTest {
  private static final long SECOND = 1_000_000_000L;
  private final SceneLedger ledger = new SceneLedger();

  @Test
  void everyFrameIsCountedOnceThoughItsOutcomeComesTwice() {
    ledger.ended(frame(0, FUSED, 1));
    ledger.ended(frame(1, SKIPPED, 1));
    ledger.ended(frame(2, REJECTED, 1));
    ledger.ended(frame(0, FUSED, 2));
    ledger.ended(frame(2, REJECTED, 2));

    var counts = kitchen().counts();
    assertThat(counts.fused()).isEqualTo(1);
    assertThat(counts.skipped()).isEqualTo(1);
    assertThat(counts.rejected()).isEqualTo(1);
    assertThat(counts.ended()).isEqualTo(3);
  }

  @Test
  void aRefusedImageDoesNotTakeThePlaceOfTheFrameWhoseIdItCarries() {
    ledger.ended(frame(0, REFUSED, 1));
    ledger.ended(frame(0, FUSED, 2));
    ledger.ended(frame(0, REFUSED, 3));

    assertThat(kitchen().counts().fused()).isEqualTo(1);
    assertThat(kitchen().counts().refused()).isEqualTo(2);
    assertThat(kitchen().counts().rejectedByReason()).containsExactly(entry("late", 2));
  }

  @Test
  void theSameSequenceOfAnotherCameraOrCaptureIsAnotherFrame() {
    ledger.ended(new FrameEnd("kitchen", "run-1", "left", 0, FUSED, "", "", "", SECOND));
    ledger.ended(new FrameEnd("kitchen", "run-1", "right", 0, FUSED, "", "", "", SECOND));
    ledger.ended(new FrameEnd("kitchen", "run-2", "left", 0, FUSED, "", "", "", SECOND));

    assertThat(kitchen().counts().fused()).isEqualTo(3);
  }

  @Test
  void theNewestVersionIsShownWhateverOrderVersionsCameIn() {
    ledger.published(version(2, 20));
    ledger.published(version(3, 30));
    ledger.published(version(1, 10));

    assertThat(kitchen().version()).isEqualTo(3);
    assertThat(kitchen().versions()).extracting(v -> v.version()).containsExactly(3L, 2L, 1L);
    assertThat(ledger.versionsSeen()).isEqualTo(3);
  }

  @Test
  void freshnessIsFromTheNewestAcceptedFrameToPublicationAndItsQuantilesReallyOccurred() {
    for (int i = 1; i <= 20; i++) {
      ledger.published(version(i, 100 + i, 100 + i - 0.1 * i));
    }

    Freshness freshness = kitchen().freshness();
    assertThat(freshness.samplesMs()).hasSize(20).startsWith(100L, 200L).endsWith(2000L);
    assertThat(freshness.lastMs()).isEqualTo(2000);
    assertThat(freshness.p50Ms()).isEqualTo(1000);
    assertThat(freshness.p95Ms()).isEqualTo(1900);
  }

  @Test
  void aHeadFoundInTheStoreTellsNoFreshnessUntilItsUpdateDoes() {
    Version head = version(4, 40, 0);
    ledger.published(head);
    assertThat(kitchen().freshness().lastMs()).isNull();

    ledger.published(version(4, 40, 38));
    ledger.published(head);

    assertThat(kitchen().freshness().lastMs()).isEqualTo(2000);
    assertThat(ledger.versionsSeen()).isEqualTo(1);
  }

  @Test
  void theLastFiftyRejectionsAreKeptNewestFirst() {
    for (int i = 0; i < 60; i++) {
      ledger.ended(frame(i, REJECTED, i));
    }

    assertThat(kitchen().counts().rejected()).isEqualTo(60);
    assertThat(kitchen().rejections()).hasSize(50);
    assertThat(kitchen().rejections().getFirst().sequence()).isEqualTo(59);
    assertThat(kitchen().rejections().getFirst().detail()).isEqualTo("it came too late");
    assertThat(ledger.rejectedByStage()).containsEntry("windowing", 60L);
  }

  @Test
  void aDeletedSceneIsGoneAndOutcomesFromBeforeDoNotBringItBack() {
    ledger.published(version(1, 10));
    ledger.deletionRequested("kitchen");
    assertThat(kitchen().deleting()).isTrue();

    ledger.deleted("kitchen", 1, 20 * SECOND);
    ledger.ended(frame(0, FUSED, 10));

    assertThat(ledger.summaries()).isEmpty();
    assertThat(ledger.takeChanged()).containsExactly("kitchen");
  }

  @Test
  void aSceneBegunAnewAfterItsDeletionCountsFromZeroAndGoesOnInVersions() {
    ledger.ended(frame(0, FUSED, 10));
    ledger.published(version(1, 10));
    ledger.deleted("kitchen", 1, 20 * SECOND);
    ledger.ended(frame(0, FUSED, 30));
    ledger.published(version(2, 30));
    ledger.deleted("kitchen", 1, 20 * SECOND);

    assertThat(kitchen().version()).isEqualTo(2);
    assertThat(kitchen().deleting()).isFalse();
    assertThat(kitchen().versions()).hasSize(1);
    assertThat(kitchen().counts().fused()).isEqualTo(1);
  }

  private SceneSummary kitchen() {
    return ledger.summary("kitchen").orElseThrow();
  }

  private static FrameEnd frame(long sequence, FrameEnd.Kind kind, long atS) {
    boolean rejected = kind == REJECTED || kind == REFUSED;
    return new FrameEnd(
        "kitchen",
        "run-1",
        "cam0",
        sequence,
        kind,
        rejected ? "late" : "",
        rejected ? "it came too late" : "",
        rejected ? "windowing" : "",
        atS * SECOND);
  }

  private static Version version(long number, double publishedAtS) {
    return version(number, publishedAtS, publishedAtS - 1);
  }

  private static Version version(long number, double publishedAtS, double acceptedAtS) {
    return new Version(
        "kitchen",
        number,
        new ManifestRef("key", 1, "00"),
        "d1",
        number,
        number,
        List.of(),
        Math.round(acceptedAtS * SECOND),
        Math.round(publishedAtS * SECOND));
  }

  private static Map.Entry<String, Long> entry(String reason, long count) {
    return Map.entry(reason, count);
  }
}
