package io.lite3r.reconstruction.edge;

import io.lite3r.objects.ObjectStore;
import io.lite3r.reconstruction.OutOfMemory;
import io.lite3r.reconstruction.WindowReconstruction;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The served model behind a gate that a test can close: windows that come then are held in the
 * middle of their work until it opens.
 */
@Alternative
@Priority(1)
@Singleton
public class GatedModel extends ServedModel {
  private final AtomicInteger starved = new AtomicInteger();
  private volatile Gate gate = new Gate();

  public GatedModel(
      ReconstructionConfig config, ReconstructionMetrics metrics, ObjectStore objects) {
    super(config, metrics, objects);
    gate.close();
  }

  /** Holds whatever window comes from now on, until it is closed. */
  Gate shut() {
    gate = new Gate();
    return gate;
  }

  /** The next so many windows find no memory. */
  void starve(int windows) {
    starved.set(windows);
  }

  @Override
  public WindowReconstruction reconstruction() {
    gate.pass();
    if (starved.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return new WindowReconstruction(
          contract(),
          tensor -> {
            throw new OutOfMemory("the test has none", new Exception());
          });
    }
    return super.reconstruction();
  }

  /** Closing it, as a resource, lets everybody through. */
  static final class Gate implements AutoCloseable {
    private final CountDownLatch come = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    private void pass() {
      come.countDown();
      try {
        open.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted at the gate", e);
      }
    }

    /** Whether a window stands before it. */
    boolean holdsOne() {
      return come.getCount() == 0;
    }

    @Override
    public void close() {
      open.countDown();
    }
  }
}
