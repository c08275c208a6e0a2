package io.lite3r.fusion.tsdf;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs independent pieces of work on a fixed number of threads, the caller's among them. */
public final class Parallel implements AutoCloseable {
  private final int threads;
  private final ExecutorService others;

  public Parallel(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("at least one thread is needed, got " + threads);
    }
    this.threads = threads;
    this.others =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1), Thread.ofPlatform().daemon().name("fusion-", 0).factory());
  }

  /** A piece of work: the indices from {@code from} up to, not including, {@code to}. */
  @FunctionalInterface
  public interface Piece {
    void run(int from, int to);
  }

  /** Cuts 0..count into pieces of the given size and returns when all have run. */
  public void forEach(int count, int pieceSize, Piece piece) {
    int pieces = (count + pieceSize - 1) / pieceSize;
    AtomicInteger next = new AtomicInteger();
    Runnable worker =
        () -> {
          for (int p = next.getAndIncrement(); p < pieces; p = next.getAndIncrement()) {
            piece.run(p * pieceSize, Math.min(count, (p + 1) * pieceSize));
          }
        };
    List<Future<?>> running = new ArrayList<>();
    for (int t = 1; t < Math.min(threads, pieces); t++) {
      running.add(others.submit(worker));
    }
    worker.run();
    for (Future<?> future : running) {
      try {
        future.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the volume was changing", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a piece of parallel work failed", e.getCause());
      }
    }
  }

  @Override
  public void close() {
    others.shutdownNow();
  }
}
