package io.lite3r.reconstruction.edge;

import io.lite3r.objects.ObjectStore;
import io.lite3r.reconstruction.WindowReconstruction;
import io.lite3r.reconstruction.batch.Batching;
import io.lite3r.reconstruction.model.Contract;
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

  public ServedModel(
      ReconstructionConfig config, ReconstructionMetrics metrics, ObjectStore objects) {
    LoadedModel model =
        LoadedModel.load(
            config.modelDir(), config.providers(), config.threads(), config.engines(), objects);
    contract = model.contract();
    reconstructor = model.network();
    reconstructor.tell(metrics::passed);
    reconstruction =
        new WindowReconstruction(contract, new Batching(reconstructor, contract.maxBatch()));
    LOG.info(
        String.format(
            Locale.ROOT,
            "model %s loaded: sha256 %s, %s, provider %s%s, %d threads, %d windows at once, warmed up in %.1f s",
            contract.id(),
            contract.sha256(),
            contract.precision().contractName(),
            provider().configName(),
            reconstructor.passedOver().isEmpty()
                ? ""
                : " (not " + String.join("; not ", reconstructor.passedOver()) + ")",
            config.threads(),
            contract.maxBatch(),
            model.warmUpNs() / 1e9));
  }

  public Contract contract() {
    return contract;
  }

  /** Where the model runs. */
  public Provider provider() {
    return reconstructor.provider();
  }

  public WindowReconstruction reconstruction() {
    return reconstruction;
  }

  @PreDestroy
  void close() {
    reconstructor.close();
  }
}
