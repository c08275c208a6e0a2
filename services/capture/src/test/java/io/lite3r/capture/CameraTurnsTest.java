package io.lite3r.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CameraTurnsTest {
  private final CameraTurns turns = new CameraTurns();

  @Test
  void turnsComeInTheOrderInWhichTheyWereTaken() {
    CameraTurns.Turn first = turns.take("a");
    CameraTurns.Turn second = turns.take("a");
    CameraTurns.Turn third = turns.take("a");
    assertThat(first.comes()).isDone();
    assertThat(second.comes()).isNotDone();

    first.done();

    assertThat(second.comes()).isDone();
    assertThat(third.comes()).isNotDone();
  }

  @Test
  void aTurnGivenUpEarlyLetsNobodyOvertake() {
    CameraTurns.Turn first = turns.take("a");
    CameraTurns.Turn second = turns.take("a");
    CameraTurns.Turn third = turns.take("a");

    second.done();
    assertThat(third.comes()).isNotDone();

    first.done();
    assertThat(third.comes()).isDone();
  }

  @Test
  void aTurnTakenBehindOneThatWasGivenUpEarlyWaitsToo() {
    CameraTurns.Turn first = turns.take("a");
    CameraTurns.Turn second = turns.take("a");

    second.done();

    assertThat(first.comes()).isDone();
    assertThat(turns.take("a").comes()).isNotDone();
  }

  @Test
  void camerasDoNotWaitForEachOther() {
    turns.take("a");

    assertThat(turns.take("b").comes()).isDone();
  }
}
