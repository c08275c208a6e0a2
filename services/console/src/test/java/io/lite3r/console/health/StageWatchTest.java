package io.lite3r.console.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.lite3r.console.health.StageHealth.State;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StageWatchTest {
  private final StageWatch watch = new StageWatch("fusion", "windows");
  private long nowMs = 1_000_000;

  @Test
  void withoutAReadingNothingIsKnown() {
    read(null);

    assertThat(health().state()).isEqualTo(State.UNKNOWN);
    assertThat(health().says()).isNotEmpty();
  }

  @Test
  void aStageThatKeepsUpFlowsAtTheRateItIsGivenWork() {
    for (int second = 0; second <= 10; second++) {
      read(new StageReading(2L * second, 0L));
    }

    assertThat(health().state()).isEqualTo(State.FLOWING);
    assertThat(health().perSecond()).isEqualTo(2.0);
    assertThat(health().lastSeenMs()).isEqualTo(nowMs);
  }

  @Test
  void workThatIsLongDoneLeavesTheStageIdleAndSaysWhenItWasSeen() {
    read(new StageReading(0, 0L));
    read(new StageReading(5, 0L));
    long seen = nowMs;
    for (int second = 0; second < 15; second++) {
      read(new StageReading(5, 0L));
    }

    assertThat(health().state()).isEqualTo(State.IDLE);
    assertThat(health().perSecond()).isZero();
    assertThat(health().lastSeenMs()).isEqualTo(seen);
    assertThat(health().total()).isEqualTo(5);
  }

  @Test
  void aBacklogWorthManySecondsIsBehindAndOneWorthFewIsNot() {
    for (int second = 0; second <= 10; second++) {
      read(new StageReading(second, 5L));
    }
    assertThat(health().state()).isEqualTo(State.FLOWING);

    read(new StageReading(11, 40L));

    assertThat(health().state()).isEqualTo(State.BEHIND);
    assertThat(health().says()).contains("40 waiting");
  }

  @Test
  void workThatWaitsWithoutProgressForLongIsStalledButNotBeforeItHasWaitedThatLong() {
    for (int second = 0; second < 60; second++) {
      read(new StageReading(7, 0L));
    }
    for (int second = 0; second < 30; second++) {
      read(new StageReading(7, 1L));
      assertThat(health().state()).isNotEqualTo(State.STALLED);
    }
    read(new StageReading(7, 1L));
    read(new StageReading(7, 1L));

    assertThat(health().state()).isEqualTo(State.STALLED);
    assertThat(health().says()).contains("no progress");
  }

  @Test
  void aTopicMadeAnewGivesNoNegativeRate() {
    read(new StageReading(1000, 0L));
    read(new StageReading(3, 0L));

    assertThat(health().perSecond()).isZero();
  }

  @Test
  void markersOfTransactionsAreNotTakenForWaitingRecords() {
    assertThat(Backlog.transactional(List.of(1L, 1L, 0L, 1L))).isZero();
    assertThat(Backlog.transactional(List.of(5L, 4L))).isEqualTo(4);
    assertThat(Backlog.mixed(List.of(1L, 0L, 3L))).isEqualTo(3);
    assertThat(Backlog.plain(List.of(1L, 0L, 3L))).isEqualTo(4);
  }

  private void read(@Nullable StageReading reading) {
    nowMs += 1000;
    watch.read(nowMs, reading);
  }

  private StageHealth health() {
    return watch.health(nowMs, 0);
  }
}
