package io.lite3r.fusion.edge;

import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.schemas.scene.WindowLoops;
import io.lite3r.schemas.v1.Reconstruction;
import java.time.Instant;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * The verifications of one scene: asks for them, keeps their outcomes until it is their turn, and
 * lets them take effect.
 */
final class SceneVerifications {
  private static final Logger LOG = Logger.getLogger(SceneVerifications.class);

  private final String scene;
  private final SceneStore store;
  private final OutcomeMapping outcomes;
  private final VerificationWindows windows;
  private final Announcements announcements;
  private final FusionSteps steps;
  private final Verifications waiting = new Verifications();

  SceneVerifications(
      String scene,
      SceneStore store,
      OutcomeMapping outcomes,
      Announcements announcements,
      FusionSteps steps) {
    this.scene = scene;
    this.store = store;
    this.outcomes = outcomes;
    this.windows = new VerificationWindows(scene, outcomes);
    this.announcements = announcements;
    this.steps = steps;
  }

  /** What becomes of a verification's outcome when it comes. */
  enum Turn {
    /** It is kept until the window that it takes effect with is applied. */
    WAITS,
    /** It has taken effect, perhaps in no version yet. */
    APPLIED,
    /** Nobody waits for it. */
    OVER
  }

  Turn take(FusedScene fused, Arrival arrival, Reconstruction record) {
    String id = record.getWindowId();
    if (record.getWindowNumber() >= fused.nextWindow()
        || fused.pendingLoops().stream().anyMatch(p -> p.verificationId().equals(id))) {
      waiting.put(arrival);
      return Turn.WAITS;
    }
    if (fused.knowsLoop(id) && fused.changed()) {
      return Turn.APPLIED;
    }
    if (!fused.knowsLoop(id)) {
      // Of a deleted predecessor, or taken out by a rollback.
      store.removeOutcome(record.getOutcomeKey());
    }
    return Turn.OVER;
  }

  /** Whether the outcomes of all these are at hand. */
  boolean have(List<WindowLoops.Proposal> proposals) {
    return waiting.have(proposals);
  }

  /** Asks for what the window that was applied last wants verified. */
  void propose(FusedScene fused) {
    WindowLoops.Proposal proposal = fused.proposeLoop(outcomes::planes);
    if (proposal != null) {
      steps.loopProposed();
      ask(fused, proposal);
    }
  }

  /**
   * Nobody knows whether what is waited for was asked for; who was asked before answers the same.
   */
  void askAgain(FusedScene fused) {
    fused.pendingLoops().forEach(proposal -> ask(fused, proposal));
  }

  private void ask(FusedScene fused, WindowLoops.Proposal proposal) {
    Instant now = Instant.now();
    announcements.verify(
        windows.of(proposal, fused, now.getEpochSecond() * 1_000_000_000L + now.getNano()));
  }

  /**
   * A verification takes effect.
   *
   * @return the records that said so
   */
  List<Arrival> close(FusedScene fused, WindowLoops.Proposal proposal) {
    List<Arrival> arrivals = waiting.take(proposal);
    WindowOutcome outcome = outcomes.outcome(arrivals.getFirst().event().getReconstruction());
    WindowLoops.Closing closing = fused.closeLoop(proposal, outcome, outcomes::planes);
    steps.loopClosed(closing);
    LOG.infof(
        "scene %s: window %d and window %d %s",
        scene,
        proposal.earlier(),
        proposal.later(),
        closing.refused() == null ? "show the same place" : "are not tied: " + closing.refused());
    return arrivals;
  }

  /** What no window has asked for, and none will any more, is done with. */
  void dropUnasked(FusedScene fused) {
    waiting
        .drop(
            a ->
                a.event().getReconstruction().getWindowNumber() < fused.nextWindow()
                    && !fused.knowsLoop(a.event().getReconstruction().getWindowId()))
        .forEach(a -> a.done().run());
  }
}
