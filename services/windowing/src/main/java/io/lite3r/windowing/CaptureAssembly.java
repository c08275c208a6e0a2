package io.lite3r.windowing;

import io.lite3r.windowing.CameraEvent.Ended;
import io.lite3r.windowing.CameraEvent.FrameArrived;
import io.lite3r.windowing.CameraEvent.Silent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One capture on its way into windows. {@link #accept} takes the next event and says what follows;
 * the same events give the same decisions, whatever the clock and however the cameras interleaved.
 */
public final class CaptureAssembly {
  static final long NEVER = Long.MIN_VALUE;
  private static final int FEWEST_VIEWS = 2;

  final InstantMatcher matcher = new InstantMatcher();
  final WindowAssembler windows = new WindowAssembler();
  long windowCount;
  long lastWindowNumber = -1;

  /** When the newest instant began that was not left out; {@link #NEVER} before the first. */
  long lastKeptNs = NEVER;

  boolean closed;

  /** Whether any of its cameras is live, so that somebody has to notice when one stops. */
  boolean live;

  private final String scene;
  private final String capture;

  public CaptureAssembly(String scene, String capture) {
    this.scene = scene;
    this.capture = capture;
  }

  /**
   * Takes the next event.
   *
   * @param nextNumber number in the scene of the next window to close; each that closes here takes
   *     one
   */
  public List<Decision> accept(CameraEvent event, WindowingRules rules, long nextNumber) {
    Step step = new Step(rules, nextNumber);
    switch (event) {
      case FrameArrived arrived -> {
        live |= arrived.live();
        step.frame(arrived);
      }
      case Silent silent -> {
        if (!closed && holds(silent.camera(), silent.noticedAfter())) {
          matcher.track(silent.camera(), List.of()).silentUntil(silent.untilNs());
        }
      }
      case Ended ended -> {
        if (!closed && holds(ended.camera(), ended.noticedAfter())) {
          matcher.track(ended.camera(), ended.rigCameras()).end();
        }
      }
    }
    if (!closed) {
      step.closeWhatCan();
    }
    return step.decisions;
  }

  /** Whether the capture has live cameras and is not at its end. */
  public boolean isWatched() {
    return live && !closed;
  }

  public boolean isClosed() {
    return closed;
  }

  public boolean hasEnded(String camera) {
    CameraTrack track = matcher.tracks.get(camera);
    return track != null && track.ended();
  }

  /** Sequence of the camera's last frame, -1 when there is none. */
  public long lastSequence(String camera) {
    CameraTrack track = matcher.tracks.get(camera);
    return track == null ? -1 : track.delivered.last();
  }

  private boolean holds(String camera, @Nullable Long noticedAfter) {
    return noticedAfter == null || lastSequence(camera) <= noticedAfter;
  }

  /** The work on one event. */
  private final class Step {
    private final List<Decision> decisions = new ArrayList<>();
    private final WindowingRules rules;
    private long nextNumber;

    Step(WindowingRules rules, long nextNumber) {
      this.rules = rules;
      this.nextNumber = nextNumber;
    }

    void frame(FrameArrived arrived) {
      FrameRef frame = arrived.frame();
      CameraTrack track = matcher.track(frame.camera(), arrived.rigCameras());
      String late = closed ? "The capture had ended. Send it as a new one." : track.lateness(frame);
      if (track.delivered.contains(frame.sequence())) {
        decisions.add(
            track.conflicts(frame) ? new Decision.Conflict(frame) : new Decision.Duplicate(frame));
      } else if (late != null) {
        decisions.add(new Decision.Reject(frame, Decision.Reason.LATE, late));
      } else {
        matcher.take(track, frame);
        decisions.add(new Decision.Keep(frame));
      }
    }

    void closeWhatCan() {
      for (Instant instant = matcher.poll(rules); instant != null; instant = matcher.poll(rules)) {
        int views = instant.frames().size();
        decisions.add(
            new Decision.InstantClosed(views, matcher.cameras() - views, instant.skewNs()));
        if (isRedundant(instant)) {
          skip(instant);
          continue;
        }
        lastKeptNs = instant.earliestNs();
        windows.add(fitting(instant), rules, matcher.cameras()).forEach(this::close);
        windows.release(rules, matcher.cameras()).forEach(this::release);
      }
      if (matcher.allEnded()) {
        end();
      }
    }

    private void end() {
      WindowAssembler.Run last = windows.finish(rules, matcher.cameras());
      if (last != null) {
        close(last);
      }
      windows.releaseAll().forEach(this::release);
      closed = true;
      decisions.add(new Decision.CaptureClosed(windowCount, lastWindowNumber));
    }

    private void close(WindowAssembler.Run run) {
      if (run.frames().size() < FEWEST_VIEWS) {
        run.frames()
            .forEach(
                frame ->
                    decisions.add(
                        new Decision.Reject(
                            frame,
                            Decision.Reason.TOO_FEW_VIEWS,
                            "Its capture ended with one view; geometry needs two. Send more frames.")));
        return;
      }
      String id = WindowId.of(scene, capture, run.frames(), rules);
      lastWindowNumber = nextNumber++;
      decisions.add(
          new Decision.WindowClosed(
              id,
              lastWindowNumber,
              windowCount++,
              run.frames(),
              run.sharedWithPrevious(),
              run.reason()));
    }

    private void release(Instant instant) {
      instant.frames().forEach(frame -> decisions.add(new Decision.Release(frame)));
    }

    private boolean isRedundant(Instant instant) {
      return lastKeptNs != NEVER && instant.earliestNs() - lastKeptNs < rules.interval().toNanos();
    }

    private void skip(Instant instant) {
      String detail =
          "%.3f s after the last instant kept; lite3r.windowing.interval is %.3f s."
              .formatted(
                  (instant.earliestNs() - lastKeptNs) / 1e9, rules.interval().toNanos() / 1e9);
      instant.frames().forEach(frame -> decisions.add(new Decision.Skip(frame, detail)));
      release(instant);
    }

    /** A rig so large that one instant overfills a window loses its last cameras by name. */
    private Instant fitting(Instant instant) {
      if (instant.sizeBytes() <= rules.maxWindowBytes()) {
        return instant;
      }
      List<FrameRef> fitting = new ArrayList<>();
      long size = 0;
      for (FrameRef frame : instant.frames()) {
        size += frame.sizeBytes();
        if (size <= rules.maxWindowBytes()) {
          fitting.add(frame);
        } else {
          decisions.add(
              new Decision.Reject(
                  frame,
                  Decision.Reason.TOO_LARGE,
                  "The views of its instant have %d bytes, a window may have %d. Split the rig into captures."
                      .formatted(instant.sizeBytes(), rules.maxWindowBytes())));
          decisions.add(new Decision.Release(frame));
        }
      }
      return new Instant(fitting);
    }
  }
}
