package io.lite3r.console.health;

import java.util.Collection;

/**
 * How many records wait, told from offsets. Every transaction that touches a partition leaves a
 * marker behind, which takes an offset and is no record: without care, a finished stage would seem
 * to have one record left in every partition for ever.
 */
public final class Backlog {
  private Backlog() {}

  /** Nobody writes the topic in transactions: every offset is a record. */
  public static long plain(Collection<Long> lagByPartition) {
    return lagByPartition.stream().mapToLong(lag -> Math.max(0, lag)).sum();
  }

  /** Every record was written in a transaction of its own, or nearly so: half the offsets. */
  public static long transactional(Collection<Long> lagByPartition) {
    return lagByPartition.stream().mapToLong(lag -> Math.max(0, lag) / 2).sum();
  }

  /** Few records were: an end that is one offset away is a marker, not a record. */
  public static long mixed(Collection<Long> lagByPartition) {
    return lagByPartition.stream().mapToLong(lag -> lag <= 1 ? 0 : lag).sum();
  }
}
