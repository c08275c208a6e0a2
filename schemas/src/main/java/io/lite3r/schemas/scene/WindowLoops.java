package io.lite3r.schemas.scene;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known, at one window, of places that were seen before.
 *
 * @param looks what each of its views looks like, to be found again by: 1,024 bits in Base64
 * @param proposed verifications that were asked for when this window had been fused
 * @param closed verifications that took effect once this window had been applied
 */
public record WindowLoops(List<String> looks, List<Proposal> proposed, List<Closing> closed) {

  public WindowLoops {
    looks = List.copyOf(looks);
    proposed = List.copyOf(proposed);
    closed = List.copyOf(closed);
  }

  public WindowLoops proposing(Proposal proposal) {
    return new WindowLoops(looks, List.of(proposal), closed);
  }

  /** With one more verification that took effect here. */
  public WindowLoops closing(Closing closing) {
    List<Closing> all = new ArrayList<>(closed);
    all.add(closing);
    return new WindowLoops(looks, proposed, all);
  }

  /**
   * Two windows that seem to show the same place.
   *
   * @param verificationId id of the window on {@code windows} that says whether they do
   * @param earlier number of the one
   * @param later number of the other
   * @param earlierViews indices of views of the one, first in the verification window; the one that
   *     was found again comes first
   * @param laterViews the same of the other
   */
  public record Proposal(
      String verificationId,
      long earlier,
      long later,
      List<Integer> earlierViews,
      List<Integer> laterViews) {

    public Proposal {
      earlierViews = List.copyOf(earlierViews);
      laterViews = List.copyOf(laterViews);
    }
  }

  /**
   * What came of a proposal.
   *
   * @param of the proposal
   * @param outcomeKey names the stored outcome of its verification window
   * @param tie from the later window to the earlier, before anything moved either; absent when the
   *     two were not found to show the same place
   * @param refused why not, a sentence; absent when they do
   */
  public record Closing(
      Proposal of, String outcomeKey, @Nullable SubmapLink tie, @Nullable String refused) {}
}
