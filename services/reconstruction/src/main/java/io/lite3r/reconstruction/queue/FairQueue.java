package io.lite3r.reconstruction.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be worked on, by scene: scenes take turns, and within a scene order is kept. A
 * scene with a thousand windows here delays another's next window by one, not by a thousand. How
 * far this reaches is how much fits in: whoever adds waits for room before he adds more.
 */
public final class FairQueue<T> {
  private final long capacity;
  private final Map<String, Deque<Entry<T>>> scenes = new LinkedHashMap<>();
  private final List<CompletableFuture<Void>> awaitingRoom = new ArrayList<>();
  private long held;
  private boolean closed;

  /**
   * @param capacity sum of sizes from which on there is no room, in bytes
   */
  public FairQueue(long capacity) {
    this.capacity = capacity;
  }

  private record Entry<T>(T item, long size) {}

  /**
   * Takes the item in, always.
   *
   * @return completes when there is room for another
   */
  public synchronized CompletionStage<Void> add(String scene, T item, long size) {
    scenes.computeIfAbsent(scene, s -> new ArrayDeque<>()).add(new Entry<>(item, size));
    held += size;
    notifyAll();
    CompletableFuture<Void> room = new CompletableFuture<>();
    if (held < capacity) {
      room.complete(null);
    } else {
      awaitingRoom.add(room);
    }
    return room;
  }

  /** The next item of the scene whose turn it is; waits for one. Null when the queue is closed. */
  public @Nullable T take() throws InterruptedException {
    T item;
    List<CompletableFuture<Void>> relieved;
    synchronized (this) {
      while (scenes.isEmpty() && !closed) {
        wait();
      }
      if (closed) {
        return null;
      }
      String scene = scenes.keySet().iterator().next();
      Deque<Entry<T>> line = scenes.remove(scene);
      Entry<T> entry = line.remove();
      if (!line.isEmpty()) {
        scenes.put(scene, line); // at the end: the others' turn
      }
      held -= entry.size();
      item = entry.item();
      relieved = relieved();
    }
    relieved.forEach(room -> room.complete(null));
    return item;
  }

  /** Forgets items that somebody else will do, and gives them back. */
  public List<T> removeIf(Predicate<T> isElsewhere) {
    List<T> removed = new ArrayList<>();
    List<CompletableFuture<Void>> relieved;
    synchronized (this) {
      Iterator<Deque<Entry<T>>> lines = scenes.values().iterator();
      while (lines.hasNext()) {
        Deque<Entry<T>> line = lines.next();
        line.removeIf(
            entry -> {
              boolean leaves = isElsewhere.test(entry.item());
              if (leaves) {
                removed.add(entry.item());
                held -= entry.size();
              }
              return leaves;
            });
        if (line.isEmpty()) {
          lines.remove();
        }
      }
      relieved = relieved();
    }
    relieved.forEach(room -> room.complete(null));
    return removed;
  }

  /** Nothing is taken any more. */
  public synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** Those to be told, outside the lock, that there is room again. */
  private List<CompletableFuture<Void>> relieved() {
    if (held >= capacity) {
      return List.of();
    }
    List<CompletableFuture<Void>> relieved = List.copyOf(awaitingRoom);
    awaitingRoom.clear();
    return relieved;
  }
}
