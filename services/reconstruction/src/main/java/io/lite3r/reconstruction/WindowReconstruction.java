package io.lite3r.reconstruction;

import io.lite3r.reconstruction.Outcome.Reason;
import io.lite3r.reconstruction.Outcome.Reconstructed;
import io.lite3r.reconstruction.Outcome.Unreconstructable;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.prediction.Prediction;
import io.lite3r.reconstruction.prediction.PredictionCheck;
import io.lite3r.reconstruction.prediction.Verdict;
import io.lite3r.reconstruction.prediction.ViewGeometry;
import io.lite3r.reconstruction.window.UnreadableView;
import io.lite3r.reconstruction.window.WindowTensor;
import io.lite3r.reconstruction.window.WindowView;
import java.util.ArrayList;
import java.util.List;

/**
 * What happens to one window. Two steps, so that the pixels of the next window can be made while
 * the network works on this one.
 */
public final class WindowReconstruction {
  private final Contract contract;
  private final Reconstructor reconstructor;

  public WindowReconstruction(Contract contract, Reconstructor reconstructor) {
    this.contract = contract;
    this.reconstructor = reconstructor;
  }

  /** A window that is ready for the network, or that ended before it. */
  public sealed interface Prepared {
    record Ready(WindowTensor tensor) implements Prepared {}

    record Ended(Unreconstructable outcome) implements Prepared {}
  }

  /**
   * Checks the number of views, decodes and resamples them. Any thread, any number at a time.
   *
   * @throws OutOfMemory when there is no room for the window's pixels now
   */
  public Prepared prepare(List<WindowView> views) throws OutOfMemory {
    if (views.size() < contract.minViews()) {
      return ended(
          Reason.TOO_FEW_VIEWS,
          "the window has %d views, model %s needs at least %d"
              .formatted(views.size(), contract.id(), contract.minViews()));
    }
    if (views.size() > contract.maxViews()) {
      return ended(
          Reason.TOO_MANY_VIEWS,
          "the window has %d views, model %s takes at most %d; configure smaller windows"
              .formatted(views.size(), contract.id(), contract.maxViews()));
    }
    try {
      return new Prepared.Ready(WindowTensor.of(views, contract.buckets(), contract.takesRatio()));
    } catch (UnreadableView e) {
      return ended(Reason.UNREADABLE_VIEW, String.valueOf(e.getMessage()));
    } catch (OutOfMemoryError e) {
      // Tensors lie outside the heap, whose limit is reached long before the machine's memory is.
      throw new OutOfMemory(
          "no memory for the tensor of a window of %d views: %s"
              .formatted(views.size(), e.getMessage()),
          e);
    }
  }

  /**
   * Asks the network and judges its answer.
   *
   * @throws OutOfMemory when the network has no memory for the window now
   */
  public Outcome reconstruct(Prepared prepared) throws OutOfMemory {
    return switch (prepared) {
      case Prepared.Ended ended -> ended.outcome();
      case Prepared.Ready ready -> reconstruct(ready.tensor());
    };
  }

  private Outcome reconstruct(WindowTensor tensor) throws OutOfMemory {
    Prediction prediction;
    try {
      prediction = reconstructor.run(tensor);
    } catch (Reconstructor.InferenceFailed e) {
      return new Unreconstructable(Reason.RUNTIME, String.valueOf(e.getMessage()));
    }
    return switch (PredictionCheck.judge(prediction, tensor.viewsDiffer())) {
      case Verdict.NotFinite bad -> new Unreconstructable(Reason.NOT_FINITE, bad.detail());
      case Verdict.Implausible bad -> new Unreconstructable(Reason.IMPLAUSIBLE, bad.detail());
      case Verdict.Plausible good -> reconstructed(tensor, good.views());
    };
  }

  private static Reconstructed reconstructed(WindowTensor tensor, List<ViewGeometry> geometry) {
    List<Reconstructed.View> views = new ArrayList<>();
    for (int v = 0; v < geometry.size(); v++) {
      views.add(
          new Reconstructed.View(geometry.get(v), tensor.originalFromDepth(v), tensor.rgb(v)));
    }
    return new Reconstructed(tensor.bucket(), views);
  }

  private static Prepared ended(Reason reason, String detail) {
    return new Prepared.Ended(new Unreconstructable(reason, detail));
  }
}
