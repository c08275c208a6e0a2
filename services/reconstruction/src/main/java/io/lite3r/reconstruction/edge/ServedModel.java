package io.lite3r.reconstruction.edge;

import io.lite3r.reconstruction.Reconstructor;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.model.Contract;
import io.lite3r.reconstruction.prediction.Prediction;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Locale;
import org.jboss.logging.Logger;

/**
 * The one model of this process, loaded, held against its contract and warm before the first
 * window.
 */
@Singleton
public class ServedModel {
  private static final Logger LOG = Logger.getLogger(ServedModel.class);

  private final Contract contract;
  private final OnnxReconstructor reconstructor;
  private final WindowReconstruction reconstruction;

  public ServedModel(ReconstructionConfig config, ReconstructionMetrics metrics) {
    LoadedModel model = LoadedModel.load(config.modelDir(), config.threads());
    contract = model.contract();
    reconstructor = model.network();
    reconstruction = new WindowReconstruction(contract, timed(reconstructor, metrics));
    LOG.info(
        String.format(
            Locale.ROOT,
            "model %s loaded: sha256 %s, %s, provider %s, %d threads, warmed up in %.1f s",
            contract.id(),
            contract.sha256(),
            contract.precision().contractName(),
            config.provider().configName(),
            config.threads(),
            model.warmUpNs() / 1e9));
  }

  private static Reconstructor timed(Reconstructor network, ReconstructionMetrics metrics) {
    return tensor -> {
      // One at a time, so that what is timed is the network and not the wait for it.
      synchronized (network) {
        long start = System.nanoTime();
        Prediction prediction = network.run(tensor);
        metrics.inferred(System.nanoTime() - start);
        return prediction;
      }
    };
  }

  public Contract contract() {
    return contract;
  }

  public WindowReconstruction reconstruction() {
    return reconstruction;
  }

  @PreDestroy
  void close() {
    reconstructor.close();
  }
}
