package io.lite3r.reconstruction.batch;

import io.lite3r.reconstruction.OutOfMemory;
import io.lite3r.reconstruction.Reconstructor.InferenceFailed;
import io.lite3r.reconstruction.prediction.Prediction;
import io.lite3r.reconstruction.window.WindowTensor;
import java.util.List;

/** The network, for windows of one bucket and one number of views. One call at a time. */
@FunctionalInterface
public interface BatchReconstructor {
  /**
   * @return the answers in the order of the windows
   * @throws InferenceFailed when the runtime refuses or fails; any of the windows may be the cause
   * @throws OutOfMemory when there is no memory for so many
   */
  List<Prediction> run(List<WindowTensor> windows) throws InferenceFailed, OutOfMemory;
}
