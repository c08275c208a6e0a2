package io.lite3r.reconstruction.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Whose window is next. */
class FairQueueTest {
  @Test
  void aSceneWithAThousandWindowsDoesNotStarveOneWithTwo() throws Exception {
    FairQueue<String> queue = new FairQueue<>(Long.MAX_VALUE);
    for (int i = 0; i < 1000; i++) {
      queue.add("large", "large " + i, 1);
    }
    queue.add("small", "small 0", 1);
    queue.add("small", "small 1", 1);

    assertThat(next(queue, 5))
        .containsExactly("large 0", "small 0", "large 1", "small 1", "large 2");
  }

  @Test
  void withinASceneOrderIsKept() throws Exception {
    FairQueue<Integer> queue = new FairQueue<>(Long.MAX_VALUE);
    for (int i = 0; i < 4; i++) {
      queue.add("scene", i, 1);
    }

    assertThat(next(queue, 4)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void whoeverAddsWaitsForRoomAndIsToldWhenThereIsSome() throws Exception {
    FairQueue<String> queue = new FairQueue<>(10);

    CompletionStage<Void> afterFour = queue.add("a", "four", 4);
    CompletionStage<Void> afterTen = queue.add("b", "six", 6);

    assertThat(afterFour).isCompleted();
    assertThat(afterTen).isNotDone();
    queue.take();
    assertThat(afterTen).isCompleted();
  }

  @Test
  void whatIsElsewhereLeavesAndMakesRoom() throws Exception {
    FairQueue<Integer> queue = new FairQueue<>(4);
    queue.add("a", 1, 1);
    queue.add("a", 2, 1);
    queue.add("b", 3, 1);
    CompletionStage<Void> room = queue.add("b", 4, 1);

    assertThat(queue.removeIf(n -> n % 2 == 1)).containsExactlyInAnyOrder(1, 3);

    assertThat(room).isCompleted();
    assertThat(next(queue, 2)).containsExactly(2, 4);
  }

  @Test
  void aClosedQueueGivesNothing() throws Exception {
    FairQueue<String> queue = new FairQueue<>(1);
    queue.add("a", "left behind", 1);
    queue.close();

    assertThat(queue.take()).isNull();
  }

  private static <T> List<T> next(FairQueue<T> queue, int count) throws InterruptedException {
    List<T> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(queue.take());
    }
    return taken;
  }
}
