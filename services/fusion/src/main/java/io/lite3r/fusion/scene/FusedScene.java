package io.lite3r.fusion.scene;

import io.lite3r.fusion.loop.LoopRules;
import io.lite3r.fusion.register.Registrar;
import io.lite3r.fusion.submap.SubmapView;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.ObservedView;
import io.lite3r.fusion.tsdf.SceneDigest;
import io.lite3r.fusion.tsdf.Volume;
import io.lite3r.geometry.Sim3;
import io.lite3r.schemas.scene.AlignmentQuality;
import io.lite3r.schemas.scene.FrameEntry;
import io.lite3r.schemas.scene.FrameEntry.FrameStatus;
import io.lite3r.schemas.scene.Registration;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.SubmapLink;
import io.lite3r.schemas.scene.ViewRefinement;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowEntry.WindowStatus;
import io.lite3r.schemas.scene.WindowLoops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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
  private final Integrator integrator;
  private final Placement placement;
  private final WindowLog log;
  private final @Nullable Loops loops;
  private final Map<String, SceneManifest.Capture> captures = new LinkedHashMap<>();
  private final LinkedHashSet<SceneManifest.Model> models = new LinkedHashSet<>();
  private @Nullable Volume volume;
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
    this.integrator = integrator;
    this.placement = new Placement(rules.aligner());
    this.log = new WindowLog(firstWindow, pending);
    LoopRules found = rules.loops();
    this.loops = found == null ? null : new Loops(found, rules);
    this.version = version;
    captures.forEach(c -> this.captures.put(c.capture(), c));
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
              () -> entry(outcome, WindowStatus.UNRECONSTRUCTABLE, none.reason());
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
    Placement.Verdict verdict = placement.place(outcome, geometry, volume == null);
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
                  t.chain(),
                  t.sceneFromSubmap(),
                  null,
                  t.quality(),
                  t.link());
          case Placement.Verdict.NewChain n ->
              fuse(
                  outcome, geometry, n.chain(), n.sceneFromSubmap(), n.reason(), n.quality(), null);
          case Placement.Verdict.Nowhere none ->
              entry(outcome, geometry, WindowStatus.UNALIGNED, none.reason(), new long[0], null);
        };
  }

  private WindowEntry fuse(
      WindowOutcome outcome,
      WindowOutcome.Geometry geometry,
      long chain,
      Sim3 sceneFromSubmap,
      @Nullable String reason,
      @Nullable AlignmentQuality quality,
      @Nullable SubmapLink link) {
    List<SubmapView> views = geometry.planes();
    Volume into = volume;
    if (into == null) {
      into =
          integrator.newVolume(
              rules.voxelSize().orElseGet(() -> VoxelSize.of(views)), rules.truncationVoxels());
      volume = into;
    }
    List<ObservedView> observed = integrator.observe(rules.gate(), views, sceneFromSubmap);
    long[] voxels = integrator.integrate(into, observed);
    placement.remember(
        outcome.capture(), outcome.number(), chain, sceneFromSubmap, outcome.sources(), views);
    WindowEntry fused =
        entry(outcome, geometry, WindowStatus.FUSED, reason, voxels, sceneFromSubmap);
    return new WindowEntry(
        fused.number(),
        fused.numberInCapture(),
        fused.windowId(),
        fused.outcomeKey(),
        fused.capture(),
        fused.version(),
        fused.publishedAtNs(),
        fused.status(),
        reason,
        chain,
        sceneFromSubmap,
        quality,
        link,
        fused.submap(),
        fused.frames());
  }

  private void record(WindowEntry entry) {
    frames += newlyFused(entry);
    log.add(entry);
    SceneManifest.Capture before =
        captures.getOrDefault(
            entry.capture(), new SceneManifest.Capture(entry.capture(), false, 0, -1, 0));
    captures.put(
        entry.capture(),
        new SceneManifest.Capture(
            entry.capture(),
            before.closed(),
            before.windows() + 1,
            before.windowCount(),
            before.closedAtNs()));
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
    return isWhole(capture(capture)) ? pendingLoops(capture) : List.of();
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

  private long newlyFused(WindowEntry entry) {
    List<WindowEntry> before = log.ofCapture(entry.capture());
    return entry.frames().stream()
        .filter(f -> f.status() == FrameStatus.FUSED)
        .filter(
            f ->
                before.reversed().stream()
                    .takeWhile(
                        e ->
                            e.frames().stream()
                                .anyMatch(o -> FrameKey.of(o).equals(FrameKey.of(f))))
                    .noneMatch(
                        e ->
                            e.frames().stream()
                                .anyMatch(
                                    o ->
                                        FrameKey.of(o).equals(FrameKey.of(f))
                                            && o.status() == FrameStatus.FUSED)))
        .count();
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
    Volume within = volume;
    if (within == null || !(captureClosed || tied || SettlingTimes.due(log.fused()))) {
      return 0;
    }
    captureClosed = false;
    tied = false;
    List<WindowEntry> moves =
        SceneGraph.moves(log.entries(), LEAST_MOVE_VOXELS * within.voxelSize());
    for (WindowEntry now : moves) {
      WindowEntry before = log.get(now.number());
      List<SubmapView> views = planes.apply(before);
      integrator.remove(within, observe(before, views));
      integrator.integrate(within, observe(now, views));
      log.replace(now);
      placement.moved(now);
    }
    moved |= !moves.isEmpty();
    return moves.size();
  }

  /** The window's depth where its entry says that its cameras were. */
  private List<ObservedView> observe(WindowEntry entry, List<SubmapView> views) {
    return integrator.observe(
        rules.gate(), posed(entry, views), Objects.requireNonNull(entry.sceneFromSubmap()));
  }

  /** The window's planes with the cameras, poses and depth that its entry says. */
  private static List<SubmapView> posed(WindowEntry entry, List<SubmapView> views) {
    List<SubmapView> posed = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      FrameEntry frame = entry.frames().get(i);
      ViewRefinement refinement = frame.refinement();
      posed.add(
          views
              .get(i)
              .corrected(refinement == null ? null : refinement.depth())
              .by(
                  Objects.requireNonNull(frame.depthIntrinsics()),
                  Objects.requireNonNull(frame.submapFromCamera())));
    }
    return posed;
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
    SceneManifest.Capture before =
        captures.getOrDefault(capture, new SceneManifest.Capture(capture, false, 0, -1, 0));
    captures.put(
        capture,
        new SceneManifest.Capture(
            capture, before.closed(), before.windows(), windowCount, before.closedAtNs()));
    close(capture);
  }

  private void close(String name) {
    SceneManifest.Capture capture = capture(name);
    if (!capture.closed() && isWhole(capture) && pendingLoops(name).isEmpty()) {
      captures.put(
          name, new SceneManifest.Capture(name, true, capture.windows(), capture.windowCount(), 0));
      placement.forget(name);
      captureClosed = true;
    }
  }

  private static boolean isWhole(SceneManifest.Capture capture) {
    return capture.windowCount() == capture.windows();
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
      log.replace(WindowLog.with(entry, entry.frames(), version, publishedAtNs));
    }
    unpublishedFrom = log.entries().size();
    loopClosed = false;
    stampClosed(publishedAtNs);
    return version;
  }

  /** Stamps the ends of captures without a version: there is nothing a version could hold. */
  public void publishNothing(long nowNs) {
    stampClosed(nowNs);
  }

  private void stampClosed(long publishedAtNs) {
    captures.replaceAll(
        (name, c) ->
            c.closed() && c.closedAtNs() == 0
                ? new SceneManifest.Capture(name, true, c.windows(), c.windowCount(), publishedAtNs)
                : c);
  }

  // ---- coming back ------------------------------------------------------------------------------

  /** Takes over what a manifest says; the volume is filled by whoever has its voxels. */
  public void restore(SceneManifest manifest, List<WindowEntry> windows) {
    windows.forEach(log::add);
    log.takeFirstChanged(); // nothing of it is news to the store
    unpublishedFrom = windows.size();
    version = manifest.version();
    frames = manifest.frames();
    manifest.captures().forEach(c -> captures.put(c.capture(), c));
    models.addAll(manifest.models());
    if (loops != null) {
      loops.restore(windows);
    }
    if (manifest.voxelSize() > 0) {
      volume = integrator.newVolume(manifest.voxelSize(), rules.truncationVoxels());
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
    Volume into = volume;
    if (entry.sceneFromSubmap() == null || into == null) {
      throw new IllegalArgumentException("window " + entry.number() + " was not fused");
    }
    integrator.integrate(into, observe(entry, views));
  }

  /**
   * The windows whose views the next windows may share, so that their planes must be read again.
   */
  public List<WindowEntry> toRemember() {
    List<WindowEntry> all = new ArrayList<>();
    for (SceneManifest.Capture capture : captures.values()) {
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
        entry.capture(), entry.number(), entry.chain(), pose, sources, posed(entry, views));
  }

  /** The last window of each capture that has not ended: its frames have not come to their end. */
  public List<WindowEntry> pending() {
    List<WindowEntry> pending = new ArrayList<>();
    for (SceneManifest.Capture capture : captures.values()) {
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
    return volume;
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
    return List.copyOf(captures.values());
  }

  /** How far the capture has come; all zero when nothing of it has been seen. */
  public SceneManifest.Capture capture(String name) {
    return captures.getOrDefault(name, new SceneManifest.Capture(name, false, 0, -1, 0));
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
    return loopClosed
        || unpublishedFrom < log.entries().size()
        || captures.values().stream().anyMatch(c -> c.closed() && c.closedAtNs() == 0);
  }

  /** The scene's digest, lower-case hex. */
  public String digest() {
    TreeMap<Long, Sim3> poses = new TreeMap<>();
    for (WindowEntry entry : log.entries()) {
      Sim3 pose = entry.sceneFromSubmap();
      if (pose != null) {
        poses.put(entry.number(), pose);
      }
    }
    Volume now = volume;
    return SceneDigest.of(now == null ? new Volume(1, rules.truncationVoxels()) : now, poses);
  }

  // ---- entries ----------------------------------------------------------------------------------

  private static WindowEntry entry(
      WindowOutcome outcome, WindowStatus status, @Nullable String reason) {
    List<FrameEntry> frames = new ArrayList<>();
    for (int i = 0; i < outcome.sources().size(); i++) {
      WindowOutcome.Source s = outcome.sources().get(i);
      frames.add(
          new FrameEntry(
              s.camera(),
              s.sequence(),
              s.captureTimeNs(),
              s.acceptedAtNs(),
              s.sourceName(),
              i,
              s.originalWidth(),
              s.originalHeight(),
              FrameStatus.REJECTED,
              false,
              0,
              null,
              null,
              null,
              null,
              null,
              s.priors(),
              null));
    }
    return new WindowEntry(
        outcome.number(),
        outcome.numberInCapture(),
        outcome.windowId(),
        outcome.outcomeKey(),
        outcome.capture(),
        0,
        0,
        status,
        reason,
        -1,
        null,
        null,
        null,
        null,
        frames);
  }

  private static WindowEntry entry(
      WindowOutcome outcome,
      WindowOutcome.Geometry geometry,
      WindowStatus status,
      @Nullable String reason,
      long[] voxels,
      @Nullable Sim3 sceneFromSubmap) {
    List<FrameEntry> frames = new ArrayList<>();
    for (int i = 0; i < outcome.sources().size(); i++) {
      WindowOutcome.Source s = outcome.sources().get(i);
      WindowOutcome.View view = geometry.views().get(i);
      boolean fused = i < voxels.length && voxels[i] > 0;
      frames.add(
          new FrameEntry(
              s.camera(),
              s.sequence(),
              s.captureTimeNs(),
              s.acceptedAtNs(),
              s.sourceName(),
              i,
              s.originalWidth(),
              s.originalHeight(),
              fused ? FrameStatus.FUSED : FrameStatus.REJECTED,
              false,
              view.meanConfidence(),
              sceneFromSubmap == null
                  ? null
                  : sceneFromSubmap.carry(view.planes().submapFromCamera()),
              view.planes().submapFromCamera(),
              view.planes()
                  .intrinsics()
                  .mapped(view.originalFromDepth(), s.originalWidth(), s.originalHeight()),
              view.planes().intrinsics(),
              view.originalFromDepth(),
              s.priors(),
              null,
              view.refinement()));
    }
    return new WindowEntry(
        outcome.number(),
        outcome.numberInCapture(),
        outcome.windowId(),
        outcome.outcomeKey(),
        outcome.capture(),
        0,
        0,
        status,
        reason,
        -1,
        null,
        null,
        null,
        geometry.submap(),
        frames);
  }
}
