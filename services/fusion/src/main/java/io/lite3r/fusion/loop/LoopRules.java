package io.lite3r.fusion.loop;

/**
 * When a loop is looked for and what is believed.
 *
 * @param leastApart windows between two that may close a loop; nearer ones are tied by what they
 *     share
 * @param delay a verification that is proposed at window k takes effect after window k + delay, in
 *     a long scene with others ({@link #effect})
 * @param pause windows after a proposal without another: what verifications may cost
 * @param looks candidates that are looked at corner by corner, of one window
 * @param dip how much less alike the least alike window between must look, share: a place that was
 *     never left needs no loop
 * @param leastMatches corners that must be found again, in the order of one plane or nearly
 * @param views of each side in a verification window
 */
public record LoopRules(
    int leastApart, int delay, int pause, int looks, double dip, int leastMatches, int views) {
  /** Chosen on the room of the tests; docs/results/fusion.md says what they do elsewhere. */
  public static final LoopRules SERVED = new LoopRules(3, 4, 3, 2, 0.05, 14, 2);

  /** From this many windows on verifications take effect by twos, from twice as many by fours. */
  private static final long ALONE = 128;

  /**
   * The number of the window with which a verification takes effect. All that does moves windows,
   * which costs what the scene is long; so the longer it is, the more verifications take effect
   * together.
   *
   * @param later number of the window at which it was proposed
   */
  public long effect(long later) {
    long earliest = later + delay;
    long together = Long.highestOneBit(Math.max(1, earliest / (ALONE / 2)));
    return (earliest + together - 1) / together * together;
  }
}
