package io.lite3r.fusion.tsdf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class ParallelTest {
  @Test
  void everyIndexIsWorkedOnOnceAndBeforeTheCallReturns() {
    try (Parallel parallel = new Parallel(4)) {
      for (int count = 0; count < 2000; count++) {
        AtomicIntegerArray times = new AtomicIntegerArray(count);
        parallel.forEach(
            count,
            1 + count % 7,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                times.incrementAndGet(i);
              }
            });
        for (int i = 0; i < count; i++) {
          assertThat(times.get(i)).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void aFailureComesOutAfterAllPiecesHaveEndedAndTheNextWorkIsDone() {
    try (Parallel parallel = new Parallel(3)) {
      AtomicInteger ended = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  parallel.forEach(
                      100,
                      1,
                      (from, to) -> {
                        ended.incrementAndGet();
                        if (from == 50) {
                          throw new IllegalStateException("no room");
                        }
                      }))
          .hasMessage("no room");
      assertThat(ended).hasValue(100);
      parallel.forEach(10, 1, (from, to) -> ended.incrementAndGet());
      assertThat(ended).hasValue(110);
    }
  }

  @Test
  void severalCallersAtOnceEachGetTheirWorkDone() throws InterruptedException {
    try (Parallel parallel = new Parallel(2)) {
      AtomicInteger sum = new AtomicInteger();
      Runnable caller =
          () -> {
            for (int i = 0; i < 500; i++) {
              parallel.forEach(20, 1, (from, to) -> sum.incrementAndGet());
            }
          };
      Thread other = Thread.ofPlatform().start(caller);
      caller.run();
      other.join();
      assertThat(sum).hasValue(20_000);
    }
  }
}
