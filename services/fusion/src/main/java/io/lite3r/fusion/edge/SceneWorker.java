package io.lite3r.fusion.edge;

import io.lite3r.fusion.order.OrderBuffer;
import io.lite3r.fusion.scene.FrameEnd;
import io.lite3r.fusion.scene.FusedScene;
import io.lite3r.fusion.scene.FusionRules;
import io.lite3r.fusion.scene.WindowOutcome;
import io.lite3r.fusion.tsdf.Integrator;
import io.lite3r.fusion.tsdf.Parallel;
import io.lite3r.fusion.tsdf.VolumeMemory;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneHistory.Kept;
import io.lite3r.schemas.scene.SceneManifest;
import io.lite3r.schemas.scene.WindowEntry;
import io.lite3r.schemas.scene.WindowLoops;
import io.lite3r.schemas.v1.CaptureClosed;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.SceneDeletion;
import io.lite3r.schemas.v1.SceneRollback;
import io.lite3r.schemas.v1.WindowPurpose;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * One scene's fusion: takes records as they come, applies windows by number, publishes versions and
 * tells how frames ended. One thread calls it.
 *
 * <p>A record is done once a version that holds its effect is published and what followed from it
 * is announced; only then may its offset be committed. A record that comes again after that is
 * answered by announcing the same once more, since a crash may have come in between.
 */
final class SceneWorker {
  private static final Logger LOG = Logger.getLogger(SceneWorker.class);

  private final String scene;
  private final FusionSteps steps;
  private final SceneStore store;
  private final OutcomeMapping outcomes;
  private final SceneVerifications verifications;
  private final Announcements announcements;
  private final FusionRules rules;
  private final Integrator integrator;
  private final PublishPace pace;

  private FusedScene fused;
  private OrderBuffer<Arrival> order;
  private final List<Arrival> unpublished = new ArrayList<>();
  private final List<Arrival> closing = new ArrayList<>();
  private final InputPositions inputs = new InputPositions();
  private long earliestPublishNs;

  /** Loads what is stored of the scene and announces its newest version once more. */
  SceneWorker(
      String scene,
      ObjectStore objects,
      Announcements announcements,
      FusionRules rules,
      Parallel parallel,
      long volumeBudgetBytes,
      FusionSteps steps,
      PublishPace pace,
      int snapshotWindows,
      Retention retention) {
    this.scene = scene;
    this.steps = steps;
    this.announcements = announcements;
    this.rules = rules;
    this.pace = pace;
    this.store = new SceneStore(objects, scene, parallel, snapshotWindows, retention);
    this.integrator =
        new Integrator(parallel, new VolumeMemory(volumeBudgetBytes, store.coldTiles()));
    this.outcomes = new OutcomeMapping(objects);
    this.verifications = new SceneVerifications(scene, store, outcomes, announcements, steps);
    this.fused = store.load(rules, integrator);
    this.order = new OrderBuffer<>(fused.nextWindow());
    store.inputs().forEach(inputs::reached);
    SceneHead head = store.head();
    if (head != null) {
      announcements.updated(OutcomeRecords.update(head, fused, outcomes.check(head.manifest())));
    }
    verifications.askAgain(fused);
  }

  /** Takes one record in; whatever has become possible by it is done when this returns. */
  void accept(Arrival arrival) {
    switch (arrival.event().getEventCase()) {
      case RECONSTRUCTION -> window(arrival, arrival.event().getReconstruction());
      case CAPTURE_CLOSED -> closed(arrival, arrival.event().getCaptureClosed());
      case SCENE_DELETION -> deleted(arrival, arrival.event().getSceneDeletion());
      case SCENE_ROLLBACK -> rolledBack(arrival, arrival.event().getSceneRollback());
      case EVENT_NOT_SET -> arrival.done().run();
    }
  }

  /** Publishes what has waited for its turn; to be called now and then. */
  void tick() {
    if (fused.changed() && System.nanoTime() - earliestPublishNs >= 0) {
      publish();
    }
  }

  /** How many windows have come and wait for an earlier one. */
  int waiting() {
    return order.size();
  }

  private void window(Arrival arrival, Reconstruction record) {
    if (record.getPurpose() == WindowPurpose.WINDOW_PURPOSE_VERIFICATION) {
      verification(arrival, record);
    } else if (order.put(record.getWindowNumber(), arrival) == OrderBuffer.Place.PAST) {
      repeat(arrival, record);
    } else {
      advance();
    }
  }

  /** Does what has become possible, and publishes it when that is due. */
  private void advance() {
    boolean firstOfScene = fused.windows().isEmpty();
    boolean more = true;
    while (more) {
      more = applyNext();
    }
    verifications.dropUnasked(fused);
    if (fused.changed()
        && (firstOfScene
            || fused.captures().stream().anyMatch(c -> c.closed() && c.closedAtNs() == 0))) {
      publish();
    } else {
      tick();
    }
  }

  /**
   * Applies the next window, or what a capture that has all its windows still waits for. One order,
   * whoever came first: a verification that is due holds up the windows after it.
   */
  private boolean applyNext() {
    for (SceneManifest.Capture capture : fused.captures()) {
      List<WindowLoops.Proposal> last = fused.loopsBeforeClosing(capture.capture());
      if (!last.isEmpty()) {
        boolean here = verifications.have(last);
        if (here) {
          last.forEach(this::close);
          fused.settle(outcomes::planes);
        }
        return here;
      }
    }
    List<Arrival> next = order.peek();
    if (next.isEmpty() || !verifications.have(fused.loopsDueWith(order.next()))) {
      return false;
    }
    apply(next.getFirst());
    List<Arrival> taken = order.take();
    taken.forEach(inputs::reached);
    unpublished.addAll(taken);
    return true;
  }

  /** A window that was applied before: in a version already, or about to be. */
  private void repeat(Arrival arrival, Reconstruction record) {
    long number = record.getWindowNumber();
    if (!fused.holds(number)) {
      // Of a deleted predecessor: its frames are told of, and its objects came after the others
      // went.
      store.removeOutcome(record.getOutcomeKey());
      arrival.done().run();
    } else if (fused.window(number).version() > 0) {
      if (!toldBeforeRollback(fused.window(number).publishedAtNs())) {
        announceEnds(fused.endedBy(number));
      }
      arrival.done().run();
    } else {
      unpublished.add(arrival);
    }
  }

  private void apply(Arrival arrival) {
    try (Scope ignored = arrival.trace().makeCurrent()) {
      WindowOutcome outcome = outcomes.outcome(arrival.event().getReconstruction());
      Supplier<WindowEntry> placed =
          steps.align(scene, outcome.windowId(), () -> fused.place(outcome));
      steps.integrate(scene, outcome.windowId(), placed);
      fused.loopsDueWith(outcome.number()).forEach(this::close);
      verifications.propose(fused);
      fused.settle(outcomes::planes);
    }
  }

  /** The outcome of a verification window. */
  private void verification(Arrival arrival, Reconstruction record) {
    switch (verifications.take(fused, arrival, record)) {
      case WAITS -> advance();
      case APPLIED -> unpublished.add(arrival);
      case OVER -> arrival.done().run();
    }
  }

  private void close(WindowLoops.Proposal proposal) {
    List<Arrival> arrivals = verifications.close(fused, proposal);
    arrivals.forEach(inputs::reached);
    unpublished.addAll(arrivals);
  }

  /** Another scene has taken this one's place. */
  private void forgetVerifications() {
    verifications.dropUnasked(fused);
    verifications.askAgain(fused);
  }

  private void closed(Arrival arrival, CaptureClosed record) {
    String capture = record.getCapture();
    if (fused.capture(capture).closedAtNs() > 0) {
      if (!toldBeforeRollback(fused.capture(capture).closedAtNs())) {
        announceEnds(fused.endedByClose(capture));
      }
      arrival.done().run();
      return;
    }
    inputs.reached(arrival);
    fused.captureEnded(capture, record.getWindowCount());
    fused.settle(outcomes::planes);
    closing.add(arrival);
    advance();
  }

  private void deleted(Arrival arrival, SceneDeletion record) {
    if (record.getRequestedAtNs() > store.deletionRequestedAtNs()) {
      if (fused.changed() && !fused.windows().isEmpty()) {
        publish(); // what was applied is told of before it is forgotten
      }
      store.delete(fused, record.getRequestedAtNs());
      reload();
    }
    // A repeat says the same, unless the scene has been begun anew since: that one was not deleted.
    if (fused.windows().isEmpty()) {
      announcements.updated(OutcomeRecords.deleted(scene, fused.version(), nowNs()));
    }
    arrival.done().run();
  }

  private void rolledBack(Arrival arrival, SceneRollback record) {
    SceneManifest.Rollback last = store.rollback();
    boolean repeated = last != null && record.getRequestedAtNs() <= last.requestedAtNs();
    Optional<Kept> wanted =
        store
            .kept(record.getVersion())
            .filter(v -> v.manifest().sha256().equals(record.getManifestSha256()));
    if (!repeated && wanted.isPresent()) {
      if (fused.changed()) {
        publish(); // what was applied is told of before it is taken out
      }
      inputs.reached(arrival);
      fused = store.rollBack(fused, wanted.get(), record.getRequestedAtNs(), rules, integrator);
      if (fused.nextWindow() != order.next()) {
        throw new IllegalStateException("scene " + scene + " lost count of its windows");
      }
      forgetVerifications();
      publish();
    } else if (!repeated) {
      LOG.warnf(
          "scene %s stays as it is: version %d, to which somebody wanted it back, is not kept",
          scene, record.getVersion());
    }
    arrival.done().run();
  }

  /** What a version before the last rollback had to tell was told then, and is true no more. */
  private boolean toldBeforeRollback(long publishedAtNs) {
    SceneManifest.Rollback last = store.rollback();
    return last != null && publishedAtNs < last.publishedAtNs();
  }

  private void reload() {
    OrderBuffer<Arrival> before = order;
    fused = store.load(rules, integrator);
    if (fused.nextWindow() != before.next()) {
      throw new IllegalStateException("scene " + scene + " lost count of its windows");
    }
    forgetVerifications();
  }

  private void publish() {
    Context trace = unpublished.isEmpty() ? Context.current() : unpublished.getLast().trace();
    try (Scope ignored = trace.makeCurrent()) {
      long start = System.nanoTime();
      List<Long> windows = newWindows();
      List<String> captures =
          fused.captures().stream()
              .filter(c -> c.closed() && c.closedAtNs() == 0)
              .map(c -> c.capture())
              .toList();
      if (fused.windows().isEmpty() && store.deletionRequestedAtNs() > 0) {
        // The end of a capture whose windows were all deleted does not bring the scene back.
        fused.publishNothing(nowNs());
        store.writeTombstone(fused);
      } else {
        steps.publish(
            scene,
            () -> {
              SceneHead head = store.publish(fused, inputs.all(), nowNs());
              Span.current().setAttribute(Names.VERSION, head.version());
              announcements.updated(
                  OutcomeRecords.update(head, fused, outcomes.check(head.manifest())));
              steps.published(fused, head);
            });
      }
      List<FrameEnd> ends = new ArrayList<>();
      windows.forEach(number -> ends.addAll(fused.endedBy(number)));
      captures.forEach(capture -> ends.addAll(fused.endedByClose(capture)));
      announceEnds(ends);
      unpublished.forEach(a -> a.done().run());
      unpublished.clear();
      closing.removeIf(
          a -> {
            boolean over =
                fused.capture(a.event().getCaptureClosed().getCapture()).closedAtNs() > 0;
            if (over) {
              a.done().run();
            }
            return over;
          });
      steps.collected(store.collect());
      earliestPublishNs = pace.next(start, System.nanoTime());
    }
  }

  private List<Long> newWindows() {
    List<Long> numbers = new ArrayList<>();
    for (int i = fused.windows().size() - 1; i >= 0 && fused.windows().get(i).version() == 0; i--) {
      numbers.addFirst(fused.windows().get(i).number());
    }
    return numbers;
  }

  private void announceEnds(List<FrameEnd> ends) {
    announcements.ended(
        scene, ends.stream().map(end -> OutcomeRecords.outcome(scene, end)).toList());
    steps.ended(ends);
  }

  private static long nowNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
