package io.lite3r.reconstruction.prediction;

import java.util.List;

/** Whether a prediction can be true. */
public sealed interface Verdict {
  /** It can; the views in the window's order. */
  record Plausible(List<ViewGeometry> views) implements Verdict {
    public Plausible {
      views = List.copyOf(views);
    }
  }

  /** It holds NaN or infinity. */
  record NotFinite(String detail) implements Verdict {}

  /** It is finite and cannot be true. */
  record Implausible(String detail) implements Verdict {}
}
