package io.lite3r.fusion.scene;

import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.register.Registrar;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import io.lite3r.schemas.scene.WindowLoops;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A scene in memory: the volume, every window, how far each capture has come. {@link #apply} takes
 * outcomes strictly by number; {@link #publish} stamps what is new with the version that is about
 * to be written. Nothing here waits, stores or sends.
 */
public final class FusedScene {
  /** A window stays where it is rather than move by less. */
  private static final double LEAST_MOVE_VOXELS = 0.25;

  private final FusionRules rules;
  private final FusedDepth depth;
  private final Placement placement;
  private final WindowLog log;
  private final @Nullable Loops loops;
  private final Captures captures = new Captures();
  private final LinkedHashSet<SceneManifest.Model> models = new LinkedHashSet<>();
  private long frames;
  private long version;
  private int unpublishedFrom;
  private boolean captureClosed;
  private boolean moved;
  private boolean tied;
  private boolean loopClosed;
  private List<SubmapView> newest = List.of();

  /** A scene that never was before. */
  public FusedScene(FusionRules rules, Integrator integrator) {
    this(rules, integrator, 0, 0, List.of(), List.of());
  }

  /**
   * A scene that begins where a deleted predecessor ended.
   *
   * @param version the predecessor's last
   * @param firstWindow number of the first window that is still to come
   * @param captures how far its captures had come
   * @param pending see {@link #pending}
   */
  public FusedScene(
      FusionRules rules,
      Integrator integrator,
      long version,
      long firstWindow,
      List<SceneManifest.Capture> captures,
      List<WindowEntry> pending) {
    this.rules = rules;
    this.depth = new FusedDepth(rules, integrator);
    this.placement = new Placement(rules.aligner());
    this.log = new WindowLog(firstWindow, pending);
    LoopRules found = rules.loops();
    this.loops = found == null ? null : new Loops(found, rules);
    this.version = version;
    captures.forEach(this.captures::put);
  }

  // ---- what happens -----------------------------------------------------------------------------

  /** Places and fuses the next window, and remembers what became of it. */
  public WindowEntry apply(WindowOutcome outcome) {
    return place(outcome).get();
  }

  /**
   * Finds the next window's place. The step that is returned fuses it there and remembers what
   * became of it; until then nothing has changed.
   */
  public Supplier<WindowEntry> place(WindowOutcome given) {
    WindowOutcome outcome =
        rules.refined() ? Refinement.of(given, log.focals(given.capture())) : given;
    Supplier<WindowEntry> step =
        switch (outcome.result()) {
          case WindowOutcome.Geometry geometry -> place(outcome, geometry);
          case WindowOutcome.NoGeometry none ->
              () -> NewEntries.unreconstructable(outcome, none.reason());
        };
    return () -> {
      newest = List.of();
      models.add(outcome.model());
      WindowEntry entry = step.get();
      if (loops != null && entry.status() == WindowStatus.FUSED) {
        newest = ((WindowOutcome.Geometry) outcome.result()).planes();
        entry = entry.with(Loops.looks(newest));
      }
      record(entry);
      return log.get(entry.number());
    };
  }

  private Supplier<WindowEntry> place(WindowOutcome outcome, WindowOutcome.Geometry geometry) {
    Placement.Verdict verdict = placement.place(outcome, geometry, depth.volume() == null);
    return () ->
        switch (verdict) {
          case Placement.Verdict.Tied t ->
              fuse(
                  outcome,
                  RigCalibration.of(
                      outcome,
                      geometry,
                      placement.seen(outcome.capture(), t.chain()),
                      t.sceneFromSubmap()),
                  t.sceneFromSubmap(),
                  NewEntries.Place.of(t));
          case Placement.Verdict.NewChain n ->
              fuse(outcome, geometry, n.sceneFromSubmap(), NewEntries.Place.of(n));
          case Placement.Verdict.Nowhere none ->
              NewEntries.unaligned(outcome, geometry, none.reason());
        };
  }

  private WindowEntry fuse(
      WindowOutcome outcome,
      WindowOutcome.Geometry geometry,
      Sim3 sceneFromSubmap,
      NewEntries.Place place) {
    List<SubmapView> views = geometry.planes();
    long[] voxels = depth.add(views, sceneFromSubmap);
    placement.remember(
        outcome.capture(),
        outcome.number(),
        place.chain(),
        sceneFromSubmap,
        outcome.sources(),
        views);
    return NewEntries.fused(outcome, geometry, voxels, place);
  }

  private void record(WindowEntry entry) {
    frames += log.newlyFused(entry);
    log.add(entry);
    captures.applied(entry.capture());
    if (loops == null) {
      close(entry.capture());
    }
  }

  // ---- loops ------------------------------------------------------------------------------------

  /**
   * Looks whether the window that was applied last has come back to a place seen before; to be
   * called once for each when the rules look for loops.
   *
   * @param planes reads a fused window's views
   * @return the verification that has to be reconstructed; null: none
   */
  public WindowLoops.@Nullable Proposal proposeLoop(
      Function<WindowEntry, List<SubmapView>> planes) {
    WindowEntry last = log.entries().getLast();
    WindowLoops known = last.loops();
    WindowLoops.Proposal proposal = null;
    if (loops != null && known != null && last.status() == WindowStatus.FUSED) {
      proposal = loops.propose(last, newest, log::get, planes);
      if (proposal != null) {
        log.replace(last.with(known.proposing(proposal)));
      }
    }
    newest = List.of();
    close(last.capture());
    return proposal;
  }

  /** Verifications whose outcomes must be at hand before the window of this number is applied. */
  public List<WindowLoops.Proposal> loopsDueWith(long number) {
    return loops == null ? List.of() : loops.due(number);
  }

  /** Verifications without which the capture does not close, all its windows being applied. */
  public List<WindowLoops.Proposal> loopsBeforeClosing(String capture) {
    return captures.isWhole(capture) ? pendingLoops(capture) : List.of();
  }

  private List<WindowLoops.Proposal> pendingLoops(String capture) {
    return pendingLoops().stream()
        .filter(p -> log.get(p.later()).capture().equals(capture))
        .toList();
  }

  /** Verifications that were asked for and have not taken effect. */
  public List<WindowLoops.Proposal> pendingLoops() {
    return loops == null ? List.of() : loops.pending();
  }

  /** Whether the scene has asked for this verification. */
  public boolean knowsLoop(String verificationId) {
    return loops != null && loops.knows(verificationId);
  }

  /**
   * A verification takes effect: what follows from its outcome is written down with the window that
   * was applied last, and {@link #settle} moves what it says.
   *
   * @param planes reads a fused window's views
   */
  public WindowLoops.Closing closeLoop(
      WindowLoops.Proposal proposal,
      WindowOutcome outcome,
      Function<WindowEntry, List<SubmapView>> planes) {
    WindowEntry last = log.entries().getLast();
    WindowLoops before =
        last.loops() == null ? new WindowLoops(List.of(), List.of(), List.of()) : last.loops();
    WindowLoops.Closing closing =
        Objects.requireNonNull(loops)
            .close(
                proposal, outcome, log.get(proposal.earlier()), log.get(proposal.later()), planes);
    log.replace(last.with(before.closing(closing)));
    tied |= closing.tie() != null;
    loopClosed = true;
    close(log.get(proposal.later()).capture());
    return closing;
  }

  /**
   * Lets windows move to where everything that is known puts them, when that is due: after each
   * eighth more of fused windows, when a loop was found and when a capture has ended. Due or not
   * depends on what has been applied alone, so a restarted fusion moves the same windows at the
   * same time.
   *
   * @param planes reads a fused window's views, bit for bit as they were at first; cameras, poses
   *     and corrections of depth are taken from its entry
   * @return how many windows have moved
   */
  public int settle(Function<WindowEntry, List<SubmapView>> planes) {
    Volume within = depth.volume();
    if (within == null || !(captureClosed || tied || SettlingTimes.due(log.fused()))) {
      return 0;
    }
    captureClosed = false;
    tied = false;
    List<WindowEntry> moves =
        SceneGraph.moves(log.entries(), LEAST_MOVE_VOXELS * within.voxelSize());
    for (WindowEntry now : moves) {
      WindowEntry before = log.get(now.number());
      depth.move(before, now, planes.apply(before));
      log.replace(now);
      placement.moved(now);
    }
    moved |= !moves.isEmpty();
    return moves.size();
  }

  /**
   * Whether windows have moved since this was last asked: a snapshot from before holds them where
   * they were.
   */
  public boolean takeMoved() {
    boolean taken = moved;
    moved = false;
    return taken;
  }

  /** The capture has ended and has this many windows in all. */
  public void captureEnded(String capture, long windowCount) {
    captures.ended(capture, windowCount);
    close(capture);
  }

  private void close(String name) {
    if (!captures.get(name).closed() && captures.isWhole(name) && pendingLoops(name).isEmpty()) {
      captures.close(name);
      placement.forget(name);
      captureClosed = true;
    }
  }

  /**
   * Gives the windows and closed captures that no version holds yet to the next version.
   *
   * @return the version's number
   */
  public long publish(long publishedAtNs) {
    version++;
    for (int i = unpublishedFrom; i < log.entries().size(); i++) {
      WindowEntry entry = log.entries().get(i);
      log.replace(entry.publishedIn(version, publishedAtNs));
    }
    unpublishedFrom = log.entries().size();
    loopClosed = false;
    captures.stampClosed(publishedAtNs);
    return version;
  }

  /** Stamps the ends of captures without a version: there is nothing a version could hold. */
  public void publishNothing(long nowNs) {
    captures.stampClosed(nowNs);
  }

  // ---- coming back ------------------------------------------------------------------------------

  /** Takes over what a manifest says; the volume is filled by whoever has its voxels. */
  public void restore(SceneManifest manifest, List<WindowEntry> windows) {
    windows.forEach(log::add);
    log.takeFirstChanged(); // nothing of it is news to the store
    unpublishedFrom = windows.size();
    version = manifest.version();
    frames = manifest.frames();
    manifest.captures().forEach(captures::put);
    models.addAll(manifest.models());
    if (loops != null) {
      loops.restore(windows);
    }
    if (manifest.voxelSize() > 0) {
      depth.begin(manifest.voxelSize());
    }
  }

  /**
   * Adds a window that is in the scene no more: its number is not given again, and frames that are
   * in no other window end without having been fused. The version that held it first stays its
   * version.
   */
  public void keepNumberOf(WindowEntry withdrawn) {
    log.add(withdrawn);
    unpublishedFrom = log.entries().size();
  }

  /** Adds a window's depth again, at the pose it had, to a volume that lacks it. */
  public void reintegrate(WindowEntry entry, List<SubmapView> views) {
    depth.add(entry, views);
  }

  /**
   * The windows whose views the next windows may share, so that their planes must be read again.
   */
  public List<WindowEntry> toRemember() {
    List<WindowEntry> all = new ArrayList<>();
    for (SceneManifest.Capture capture : captures.all()) {
      if (!capture.closed()) {
        all.addAll(Placement.toRemember(log.ofCapture(capture.capture())));
      }
    }
    return all;
  }

  /** Remembers a window of {@link #toRemember}, in that order. */
  public void remember(WindowEntry entry, List<SubmapView> views) {
    Sim3 pose = entry.sceneFromSubmap();
    if (pose == null) {
      throw new IllegalArgumentException("window " + entry.number() + " was not fused");
    }
    List<WindowOutcome.Source> sources =
        entry.frames().stream()
            .map(
                f ->
                    new WindowOutcome.Source(
                        f.camera(),
                        f.sequence(),
                        f.captureTimeNs(),
                        f.acceptedAtNs(),
                        f.sourceName(),
                        f.originalWidth(),
                        f.originalHeight(),
                        f.priors()))
            .toList();
    placement.remember(
        entry.capture(),
        entry.number(),
        entry.chain(),
        pose,
        sources,
        EntryPlanes.posed(entry, views));
  }

  /** The last window of each capture that has not ended: its frames have not come to their end. */
  public List<WindowEntry> pending() {
    List<WindowEntry> pending = new ArrayList<>();
    for (SceneManifest.Capture capture : captures.all()) {
      WindowEntry last = log.last(capture.capture());
      if (!capture.closed() && last != null) {
        pending.add(last);
      }
    }
    return pending;
  }

  // ---- what is known ----------------------------------------------------------------------------

  /** The volume; none before the first fused window. */
  public @Nullable Volume volume() {
    return depth.volume();
  }

  /** Number of the last version that {@link #publish} gave out. */
  public long version() {
    return version;
  }

  public long nextWindow() {
    return log.nextNumber();
  }

  /** Frames that are fused in at least one window. */
  public long frames() {
    return frames;
  }

  public List<WindowEntry> windows() {
    return log.entries();
  }

  public boolean holds(long number) {
    return log.holds(number);
  }

  public WindowEntry window(long number) {
    return log.get(number);
  }

  /** Index in {@link #windows} of the first that changed since this was last asked. */
  public int takeFirstChangedWindow() {
    return log.takeFirstChanged();
  }

  public List<SceneManifest.Model> models() {
    return List.copyOf(models);
  }

  public List<SceneManifest.Capture> captures() {
    return captures.all();
  }

  /** How far the capture has come; all zero when nothing of it has been seen. */
  public SceneManifest.Capture capture(String name) {
    return captures.get(name);
  }

  /** Frames that came to their end with this window, which a version must hold already. */
  public List<FrameEnd> endedBy(long number) {
    return log.endedBy(number);
  }

  /** Frames that came to their end with their capture, whose end a version must hold already. */
  public List<FrameEnd> endedByClose(String capture) {
    return log.endedByClose(capture, capture(capture).closedAtNs());
  }

  /** Frames that this version is the first to hold, fused or not. */
  public List<FrameEntry> firstHeldBy(long version) {
    return log.firstHeldBy(version);
  }

  /** How the scene lies in metres; null when nothing that was given says so. */
  public @Nullable Registration registration() {
    return Registrar.register(log.entries());
  }

  /** Whether there is something that no version holds yet. */
  public boolean changed() {
    return loopClosed || unpublishedFrom < log.entries().size() || captures.closedUnstamped();
  }

  /** The scene's digest, lower-case hex. */
  public String digest() {
    return depth.digest(log.entries());
  }
}
