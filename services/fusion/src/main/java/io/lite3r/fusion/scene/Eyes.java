package io.lite3r.fusion.scene;

import io.lite3r.fusion.refine.Eye;
import io.lite3r.schemas.scene.FocalEstimate;
import java.util.ArrayList;
import java.util.List;

/** What senders and earlier windows know of the cameras of views. */
final class Eyes {
  /** Frames of different cameras this close in time are one instant, nanoseconds. */
  private static final long INSTANT_NS = 25_000_000;

  private Eyes() {}

  /**
   * @param calibrated whether the views' cameras are those that were told
   */
  static List<Eye> of(List<WindowOutcome.Source> sources, boolean calibrated, KnownFocals known) {
    List<String> cameras = sources.stream().map(WindowOutcome.Source::camera).distinct().toList();
    List<Long> instants = new ArrayList<>();
    List<Eye> eyes = new ArrayList<>();
    for (WindowOutcome.Source source : sources) {
      int instant = 0;
      while (instant < instants.size()
          && Math.abs(instants.get(instant) - source.captureTimeNs()) > INSTANT_NS) {
        instant++;
      }
      if (instant == instants.size()) {
        instants.add(source.captureTimeNs());
      }
      FocalEstimate focal = known.of(source.camera());
      double guess = focal == null ? Eye.GUESSED : focal.logSigma();
      eyes.add(
          new Eye(
              cameras.indexOf(source.camera()),
              calibrated ? Eye.MEASURED : guess,
              instant,
              source.priors() == null ? null : source.priors().rigFromCamera()));
    }
    return eyes;
  }

  /** Whether the view was taken in the same instant as the first one. */
  static boolean together(WindowOutcome.Source a, WindowOutcome.Source b) {
    return Math.abs(a.captureTimeNs() - b.captureTimeNs()) <= INSTANT_NS;
  }
}
