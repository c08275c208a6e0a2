package io.lite3r.reconstruction.queue;

import io.lite3r.reconstruction.OutOfMemory;
import java.util.concurrent.Semaphore;

/**
 * How many windows may be in memory as tensors at once. Work that found no memory beside the others
 * can have all places to itself: it waits for those that are at work, and nobody overtakes it.
 */
public final class Places {
  private final int count;
  private final Semaphore free;

  public Places(int count) {
    this.count = count;
    this.free = new Semaphore(count, true);
  }

  public int count() {
    return count;
  }

  /** Work that takes memory. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws OutOfMemory;
  }

  /** Runs the work in one place, beside others. */
  public <T> T beside(Work<T> work) throws OutOfMemory {
    return in(1, work);
  }

  /** Runs the work when nothing else runs. */
  public <T> T alone(Work<T> work) throws OutOfMemory {
    return in(count, work);
  }

  private <T> T in(int places, Work<T> work) throws OutOfMemory {
    free.acquireUninterruptibly(places);
    try {
      return work.run();
    } finally {
      free.release(places);
    }
  }
}
