package io.lite3r.reconstruction;

import io.lite3r.reconstruction.prediction.Prediction;
import io.lite3r.reconstruction.window.WindowTensor;

/** The network: a window's tensor in, the raw answer out. */
@FunctionalInterface
public interface Reconstructor {
  /**
   * @throws InferenceFailed when the runtime refuses or fails
   * @throws OutOfMemory when there is no memory for it now
   */
  Prediction run(WindowTensor window) throws InferenceFailed, OutOfMemory;

  /** The runtime refused or failed; the message says what it said. */
  final class InferenceFailed extends Exception {
    private static final long serialVersionUID = 1L;

    public InferenceFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
