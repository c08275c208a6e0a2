package io.lite3r.fusion.order;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Hands items out strictly by number. What comes early waits; what has been handed out before is
 * told apart, since its effect must not happen twice.
 *
 * @param <T> the item
 */
public final class OrderBuffer<T> {
  private final TreeMap<Long, List<T>> waiting = new TreeMap<>();
  private long next;

  /** Starts with the number of the first item that is still to come. */
  public OrderBuffer(long next) {
    this.next = next;
  }

  /** Where an item stands. */
  public enum Place {
    /** Its number has been handed out. */
    PAST,
    /** It is kept until its number comes. */
    WAITING
  }

  /**
   * Takes an item in. Several of one number are repeats of each other and are handed out together.
   */
  public Place put(long number, T item) {
    if (number < next) {
      return Place.PAST;
    }
    waiting.computeIfAbsent(number, n -> new ArrayList<>()).add(item);
    return Place.WAITING;
  }

  /** The items of the next number, and the one after is next; empty when they have not come. */
  public List<T> take() {
    List<T> items = waiting.remove(next);
    if (items == null) {
      return List.of();
    }
    next++;
    return items;
  }

  /** The items {@link #take} would give, without taking them. */
  public List<T> peek() {
    return List.copyOf(waiting.getOrDefault(next, List.of()));
  }

  /** The number that is waited for. */
  public long next() {
    return next;
  }

  /** How many numbers wait for an earlier one. */
  public int size() {
    return waiting.size();
  }
}
