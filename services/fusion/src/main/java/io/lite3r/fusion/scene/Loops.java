package io.lite3r.fusion.scene;

import io.lite3r.fusion.loop.LoopFinder;
import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.loop.LoopVerifier;
import io.lite3r.fusion.loop.PlaceIndex;
import io.lite3r.fusion.loop.ViewLooks;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.schemas.scene.SubmapLink;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import io.lite3r.schemas.scene.WindowLoops;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a scene has seen before: proposes verifications and draws conclusions from their outcomes. A
 * function of the windows' entries and pictures, so a restarted fusion proposes the same.
 */
final class Loops {
  private final LoopRules rules;
  private final LoopVerifier verifier;
  private final PlaceIndex index = new PlaceIndex();
  private final Map<String, WindowLoops.Proposal> pending = new LinkedHashMap<>();
  private final Set<String> known = new HashSet<>();
  private long pausedUntil;

  Loops(LoopRules rules, FusionRules all) {
    this.rules = rules;
    this.verifier = new LoopVerifier(all.aligner(), rules, all.refined());
  }

  /** What a window's views look like; nothing of it is kept here. */
  static WindowLoops looks(List<SubmapView> views) {
    return new WindowLoops(
        views.stream().map(v -> ViewLooks.of(v).encoded()).toList(), List.of(), List.of());
  }

  /** Takes up what an earlier fusion has left. */
  void restore(List<WindowEntry> entries) {
    for (WindowEntry entry : entries) {
      add(entry);
      WindowLoops loops = entry.loops();
      if (loops != null) {
        loops.proposed().forEach(this::note);
        loops.closed().forEach(closing -> pending.remove(closing.of().verificationId()));
      }
    }
  }

  private void add(WindowEntry entry) {
    if (entry.status() == WindowStatus.FUSED && !looks(entry).isEmpty()) {
      index.add(entry.number(), looks(entry));
    }
  }

  private static List<ViewLooks> looks(WindowEntry entry) {
    WindowLoops loops = entry.loops();
    return loops == null ? List.of() : loops.looks().stream().map(ViewLooks::decoded).toList();
  }

  private void note(WindowLoops.Proposal proposal) {
    pending.put(proposal.verificationId(), proposal);
    known.add(proposal.verificationId());
    pausedUntil = proposal.later() + rules.pause();
  }

  /**
   * Takes a window in that was just fused.
   *
   * @param views its own
   * @param earlier finds a window by its number
   * @param planes reads an earlier window's views
   * @return what it may have come back to; null: nothing
   */
  WindowLoops.@Nullable Proposal propose(
      WindowEntry entry,
      List<SubmapView> views,
      Function<Long, WindowEntry> earlier,
      Function<WindowEntry, List<SubmapView>> planes) {
    List<PlaceIndex.Candidate> candidates =
        entry.number() <= pausedUntil && !known.isEmpty()
            ? List.of()
            : index.candidates(entry.number(), looks(entry), rules);
    add(entry);
    LoopFinder.Found found =
        LoopFinder.find(candidates, views, number -> planes.apply(earlier.apply(number)), rules);
    if (found == null) {
      return null;
    }
    WindowEntry there = earlier.apply(found.earlier());
    WindowLoops.Proposal proposal =
        new WindowLoops.Proposal(
            id(there, entry, found),
            found.earlier(),
            entry.number(),
            found.earlierViews(),
            found.laterViews());
    note(proposal);
    return proposal;
  }

  /** Verifications that are asked for and have not taken effect. */
  List<WindowLoops.Proposal> pending() {
    return List.copyOf(pending.values());
  }

  /** Those of them that take effect once this window is applied. */
  List<WindowLoops.Proposal> due(long number) {
    return pending.values().stream().filter(p -> rules.effect(p.later()) <= number).toList();
  }

  boolean knows(String verificationId) {
    return known.contains(verificationId);
  }

  /** What follows from a verification's outcome, which nobody waits for from now on. */
  WindowLoops.Closing close(
      WindowLoops.Proposal proposal,
      WindowOutcome outcome,
      WindowEntry earlier,
      WindowEntry later,
      Function<WindowEntry, List<SubmapView>> planes) {
    pending.remove(proposal.verificationId());
    return switch (outcome.result()) {
      case WindowOutcome.NoGeometry none -> refused(proposal, outcome, none.reason());
      case WindowOutcome.Geometry geometry ->
          earlier.status() != WindowStatus.FUSED || later.status() != WindowStatus.FUSED
              ? refused(proposal, outcome, "one of the windows is in the scene no more")
              : switch (verifier.verify(
                  new LoopVerifier.Side(
                      EntryPlanes.measured(earlier, planes.apply(earlier)),
                      proposal.earlierViews()),
                  new LoopVerifier.Side(
                      EntryPlanes.measured(later, planes.apply(later)), proposal.laterViews()),
                  geometry.planes())) {
                case LoopVerifier.Verdict.Refused no -> refused(proposal, outcome, no.reason());
                case LoopVerifier.Verdict.Tied tied ->
                    new WindowLoops.Closing(
                        proposal,
                        outcome.outcomeKey(),
                        new SubmapLink(
                            proposal.earlier(),
                            tied.earlierFromLater(),
                            tied.spread().translation(),
                            tied.spread().rotation(),
                            tied.spread().logScale()),
                        null);
              };
    };
  }

  private static WindowLoops.Closing refused(
      WindowLoops.Proposal proposal, WindowOutcome outcome, String why) {
    return new WindowLoops.Closing(proposal, outcome.outcomeKey(), null, why);
  }

  private static String id(WindowEntry earlier, WindowEntry later, LoopFinder.Found found) {
    String named =
        "verification 1\n%s %s\n%s %s"
            .formatted(
                earlier.windowId(), found.earlierViews(), later.windowId(), found.laterViews());
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(named.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
