package io.lite3r.reconstruction.edge;

import io.lite3r.reconstruction.queue.FairQueue;
import io.lite3r.schemas.v1.Reconstruction;
import io.lite3r.schemas.v1.ReconstructionRecord;
import io.lite3r.telemetry.Names;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.TracingMetadata;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * {@code windows} in, {@code reconstructions} out. Windows are taken ahead into a queue in which
 * scenes take turns; when it is full, consumption pauses. A few threads each bring one window after
 * the other to its end, so that one is decoded and another stored while the network works on a
 * third.
 *
 * <p>A window is acknowledged after the broker has its outcome; a record that is no window goes to
 * {@code dead-letters} as it came. When the world is bad beyond the budget of the object store and
 * the producer, the process stops, so that its supervisor starts it again: nothing is acknowledged,
 * nothing is lost.
 */
@ApplicationScoped
public class WindowStage {
  private static final Logger LOG = Logger.getLogger(WindowStage.class);

  private final WindowWork work;
  private final DeadWindows deadWindows;
  private final ReconstructionMetrics metrics;
  private final Tracer tracer;
  private final MutinyEmitter<byte[]> outcomes;
  private final FairQueue<TakenWindow> queue;
  private final Set<Object> inHand = ConcurrentHashMap.newKeySet();
  private final int deliveries;
  private final Duration drain;
  private final List<Thread> workers = new ArrayList<>();
  private volatile boolean ending;

  public WindowStage(
      ReconstructionConfig config,
      WindowWork work,
      DeadWindows deadWindows,
      ReconstructionMetrics metrics,
      Tracer tracer,
      @Channel("reconstructions-reconstruction-out") MutinyEmitter<byte[]> outcomes) {
    this.work = work;
    this.deadWindows = deadWindows;
    this.metrics = metrics;
    this.tracer = tracer;
    this.outcomes = outcomes;
    this.queue = new FairQueue<>(config.lookAhead());
    this.deliveries = config.deliveries();
    this.drain = config.drain();
  }

  void atStart(@Observes StartupEvent event) {
    work.ready();
  }

  @PostConstruct
  void begin() {
    for (int i = 0; i < work.inFlight(); i++) {
      workers.add(Thread.ofPlatform().daemon().name("reconstruction-" + i).start(this::workOn));
    }
  }

  /** Completes when there is room for another window; that it is done, its acknowledgement says. */
  @Incoming("windows-in")
  @Acknowledgment(Acknowledgment.Strategy.MANUAL)
  public CompletionStage<Void> take(Message<byte[]> message) {
    TakenWindow taken = TakenWindow.of(message);
    if (!inHand.add(taken.place())) {
      // A share group's consumer hands a window out again when it renews its lock.
      LOG.debugf("%s is in hand already", taken.place());
      return CompletableFuture.completedFuture(null);
    }
    metrics.queued();
    return queue.add(taken.scene(), taken, message.getPayload().length);
  }

  /** Windows of partitions that another worker has now are his; he gets them again. */
  void leave(Collection<TopicPartition> partitions) {
    var left = new HashSet<>(partitions);
    List<TakenWindow> removed = queue.removeIf(window -> left.contains(window.partition()));
    removed.forEach(window -> inHand.remove(window.place()));
    metrics.leftToOthers(removed.size());
  }

  private void workOn() {
    try {
      for (TakenWindow next = queue.take(); next != null; next = queue.take()) {
        metrics.takenUp();
        end(next);
        inHand.remove(next.place());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(TakenWindow taken) {
    long start = System.nanoTime();
    Span span =
        tracer.spanBuilder(Names.SPAN_RECONSTRUCT).setParent(taken.parentContext()).startSpan();
    try (Scope ignored = span.makeCurrent()) {
      switch (taken) {
        case TakenWindow.Decoded window -> {
          span.setAttribute(Names.SCENE, window.scene());
          span.setAttribute(Names.WINDOW, window.window().getId());
          publish(outcome(window));
          metrics.published(System.nanoTime() - start);
        }
        case TakenWindow.Undecodable no -> deadWindows.setAside(no);
      }
      taken.acknowledge();
    } catch (RuntimeException e) {
      span.recordException(e);
      stop(taken, e);
    } finally {
      span.end();
    }
  }

  /** The last delivery of a share group is no try: who took the window up before died of it. */
  private Reconstruction outcome(TakenWindow.Decoded window) {
    if (window.deliveryCount() < deliveries) {
      return work.reconstruct(window.window());
    }
    String why = deadWindows.setAsideAfter(window, window.deliveryCount());
    return work.giveUp(window.window(), why);
  }

  private void publish(Reconstruction outcome) {
    byte[] record =
        ReconstructionRecord.newBuilder().setReconstruction(outcome).build().toByteArray();
    outcomes.sendMessageAndAwait(
        Message.of(record)
            .addMetadata(
                OutgoingKafkaRecordMetadata.<String>builder().withKey(outcome.getScene()).build())
            .addMetadata(TracingMetadata.withCurrent(Context.current())));
  }

  private void stop(TakenWindow taken, RuntimeException e) {
    if (ending) {
      LOG.debugf(e, "window of %s was cut short by the end of the process", taken.scene());
      return;
    }
    LOG.fatal("reconstruction cannot go on and stops, to be started again by its supervisor", e);
    Quarkus.asyncExit(1);
    taken.release(e);
  }

  /**
   * What is under way may end; what is not acknowledged is done again by whoever comes next. This
   * is while channels are still open: when beans are destroyed, nobody could be told any more.
   */
  void drain(@Observes ShutdownEvent event) {
    ending = true;
    queue.close();
    long deadline = System.nanoTime() + drain.toNanos();
    try {
      for (Thread worker : workers) {
        worker.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
