package io.lite3r.reconstruction.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Who is in memory beside whom. */
class PlacesTest {
  private final Places places = new Places(2);
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  @Test
  void whoeverWantsToBeAloneWaitsForThoseAtWorkAndIsNotOvertaken() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Thread beside = start(() -> places.beside(() -> held(go, "beside")));
    await().until(() -> !seen.isEmpty());
    Thread alone = start(() -> places.alone(() -> seen.add("alone")));
    await().until(() -> alone.getState() == Thread.State.WAITING);
    Thread late = start(() -> places.beside(() -> seen.add("late"))); // one place is free
    await().until(() -> late.getState() == Thread.State.WAITING);

    assertThat(seen).containsExactly("beside begins");
    go.countDown();
    for (Thread thread : List.of(beside, alone, late)) {
      thread.join();
    }
    assertThat(seen).containsExactly("beside begins", "beside ends", "alone", "late");
  }

  private boolean held(CountDownLatch go, String name) {
    seen.add(name + " begins");
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return seen.add(name + " ends");
  }

  /** Work that may find no memory. */
  private interface Step {
    void run() throws Exception;
  }

  private static Thread start(Step step) {
    return Thread.ofPlatform()
        .start(
            () -> {
              try {
                step.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }
}
