package io.lite3r.reconstruction.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.lite3r.geometry.Affine2;
import io.lite3r.imaging.JpegWriter;
import io.lite3r.imaging.RgbImage;
import io.lite3r.reconstruction.OutOfMemory;
import io.lite3r.reconstruction.Reconstructor.InferenceFailed;
import io.lite3r.reconstruction.model.Bucket;
import io.lite3r.reconstruction.model.FocalConvention;
import io.lite3r.reconstruction.prediction.Prediction;
import io.lite3r.reconstruction.window.UnreadableView;
import io.lite3r.reconstruction.window.WindowTensor;
import io.lite3r.reconstruction.window.WindowView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What passes the network together, and what happens to a batch that does not pass. */
class BatchingTest {
  private static final Bucket BUCKET = new Bucket(6, 8);

  private final List<List<WindowTensor>> passed = Collections.synchronizedList(new ArrayList<>());

  @Test
  void windowsOfOneShapeThatGatheredPassTogetherAndOthersAfterThem() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    Batching batching =
        new Batching(
            batch -> {
              passed.add(batch);
              uninterruptibly(open);
              return batch.stream().map(BatchingTest::prediction).toList();
            },
            3);
    try (ExecutorService callers = Executors.newCachedThreadPool()) {
      callers.submit(() -> batching.run(tensor(2, 0)));
      await().until(() -> passed.size() == 1);
      List<Future<Prediction>> answers = new ArrayList<>();
      for (WindowTensor window :
          List.of(tensor(2, 1), tensor(3, 2), tensor(2, 3), tensor(2, 4), tensor(2, 5))) {
        int before = answers.size();
        answers.add(callers.submit(() -> batching.run(window)));
        await().until(() -> batching.waiting() == before + 1);
      }
      open.countDown();
      for (Future<Prediction> answer : answers) {
        answer.get();
      }
    }
    assertThat(passed)
        .extracting(List::size, batch -> batch.getFirst().views())
        .containsExactly(tuple(1, 2), tuple(3, 2), tuple(1, 3), tuple(1, 2));
  }

  @Test
  void everyCallerGetsItsOwnAnswer() throws Exception {
    List<Float> depths = allAtOnce(batch -> batch.stream().map(BatchingTest::prediction).toList());

    assertThat(depths).containsExactly(0f, 1f, 2f, 3f, 4f, 5f);
  }

  @Test
  void aBatchWithoutMemoryIsSplitUntilItFits() throws Exception {
    List<Float> depths =
        allAtOnce(
            batch -> {
              if (batch.size() > 1) {
                throw new OutOfMemory("no memory for " + batch.size(), new Exception());
              }
              return batch.stream().map(BatchingTest::prediction).toList();
            });

    assertThat(depths).containsExactly(0f, 1f, 2f, 3f, 4f, 5f);
  }

  @Test
  void aWindowWithoutMemoryEvenAloneIsToldSo() {
    Batching batching =
        new Batching(
            batch -> {
              throw new OutOfMemory("none", new Exception());
            },
            4);

    assertThatThrownBy(() -> batching.run(tensor(2, 0))).isInstanceOf(OutOfMemory.class);
  }

  @Test
  void aPoisonedWindowFailsAloneAndTheOthersOfItsBatchPass() throws Exception {
    List<Float> depths =
        allAtOnce(
            batch -> {
              if (batch.stream().anyMatch(window -> number(window) == 3)) {
                throw new InferenceFailed("poison", new Exception());
              }
              return batch.stream().map(BatchingTest::prediction).toList();
            });

    assertThat(depths).containsExactly(0f, 1f, 2f, Float.NaN, 4f, 5f);
  }

  @Test
  void aBugIsEverybodysAndNobodyWaitsForever() {
    Batching batching =
        new Batching(
            batch -> {
              throw new IllegalStateException("bug");
            },
            4);

    assertThatThrownBy(() -> batching.run(tensor(2, 0))).hasMessage("bug");
  }

  /** The answers' depths of six windows that stand before the network together; NaN: it failed. */
  private static List<Float> allAtOnce(BatchReconstructor network) throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    Batching batching =
        new Batching(
            batch -> {
              first.countDown();
              uninterruptibly(open);
              return network.run(batch);
            },
            8);
    List<Future<Prediction>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newCachedThreadPool()) {
      answers.add(callers.submit(() -> batching.run(tensor(2, 0))));
      first.await();
      for (int i = 1; i < 6; i++) {
        WindowTensor window = tensor(2, i);
        answers.add(callers.submit(() -> batching.run(window)));
      }
      await().until(() -> batching.waiting() == 5);
      open.countDown();
      List<Float> depths = new ArrayList<>();
      for (Future<Prediction> answer : answers) {
        depths.add(depth(answer));
      }
      return depths;
    }
  }

  private static float depth(Future<Prediction> answer) throws InterruptedException {
    try {
      return answer.get().depth()[0];
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(InferenceFailed.class);
      return Float.NaN;
    }
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A window that is as bright as its number says. */
  private static WindowTensor tensor(int views, int number) throws UnreadableView {
    byte[] rgb = new byte[3 * 64 * 48];
    Arrays.fill(rgb, (byte) (10 * number));
    byte[] jpeg = JpegWriter.encode(new RgbImage(64, 48, rgb), .9);
    WindowView view = new WindowView("view", jpeg, 64, 48, Affine2.IDENTITY, null);
    return WindowTensor.of(Collections.nCopies(views, view), List.of(BUCKET), false);
  }

  private static int number(WindowTensor window) {
    return Math.round(window.images().get(0) * 25.5f);
  }

  private static Prediction prediction(WindowTensor window) {
    int pixels = window.views() * BUCKET.height() * BUCKET.width();
    float[] depth = new float[pixels];
    Arrays.fill(depth, number(window));
    return new Prediction(
        window.views(),
        BUCKET,
        depth,
        new float[pixels],
        new float[4 * window.views()],
        new float[3 * window.views()],
        new float[2 * window.views()],
        FocalConvention.BOTH_AXES);
  }
}
