package io.lite3r.fusion.tsdf;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs independent pieces of work on a fixed number of threads, the caller's among them. Threads
 * take pieces as they come to them, and the caller waits for pieces, not for threads: one that is
 * slow to wake costs nothing. A thread without work looks for more for a moment before it sleeps,
 * since the steps of one frame follow each other faster than a thread can be woken.
 */
public final class Parallel implements AutoCloseable {
  private static final long LOOK_FOR_MORE_NS = 50_000;

  private final List<Thread> others = new ArrayList<>();
  private final AtomicReference<@Nullable Job> newest = new AtomicReference<>();
  private volatile boolean closed;

  public Parallel(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread is needed, got " + threads);
    }
    for (int t = 1; t < threads; t++) {
      others.add(Thread.ofPlatform().daemon().name("fusion-" + t).start(this::help));
    }
  }

  /** A piece of work: the indices from {@code from} up to, not including, {@code to}. */
  @FunctionalInterface
  public interface Piece {
    void run(int from, int to);
  }

  /**
   * Cuts 0..count into pieces of the given size and returns when all have run. When some fail, one
   * failure is thrown after all have ended.
   */
  public void forEach(int count, int pieceSize, Piece piece) {
    Job job = new Job(count, pieceSize, piece);
    if (job.pieces > 1 && !others.isEmpty()) {
      newest.set(job);
      others.forEach(LockSupport::unpark);
    }
    job.work();
    job.await();
    newest.compareAndSet(job, null);
  }

  private void help() {
    long idleSince = System.nanoTime();
    while (!closed) {
      Job job = newest.get();
      if (job != null && job.hasMore()) {
        job.work();
        idleSince = System.nanoTime();
      } else if (System.nanoTime() - idleSince < LOOK_FOR_MORE_NS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
        idleSince = System.nanoTime();
      }
    }
  }

  /** One call's pieces, which whoever comes takes one by one. */
  private static final class Job {
    final int pieces;
    private final int count;
    private final int pieceSize;
    private final Piece piece;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Job(int count, int pieceSize, Piece piece) {
      this.pieces = (count + pieceSize - 1) / pieceSize;
      this.count = count;
      this.pieceSize = pieceSize;
      this.piece = piece;
    }

    boolean hasMore() {
      return next.get() < pieces;
    }

    void work() {
      for (int p = next.getAndIncrement(); p < pieces; p = next.getAndIncrement()) {
        try {
          piece.run(p * pieceSize, Math.min(count, (p + 1) * pieceSize));
        } catch (Throwable e) { // whatever it is, the caller must not wait for this piece in vain
          failure.compareAndSet(null, e);
        }
        if (done.incrementAndGet() == pieces) {
          LockSupport.unpark(caller);
        }
      }
    }

    /** Waits for pieces that others have taken. */
    void await() {
      long since = System.nanoTime();
      boolean interrupted = false;
      while (done.get() < pieces) {
        if (System.nanoTime() - since < LOOK_FOR_MORE_NS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
          interrupted |= Thread.interrupted(); // pieces end by themselves: the volume stays whole
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      switch (failure.get()) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException("a piece of parallel work failed", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    others.forEach(LockSupport::unpark);
  }
}
