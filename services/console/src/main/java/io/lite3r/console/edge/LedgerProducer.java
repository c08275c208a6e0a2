package io.lite3r.console.edge;

import io.lite3r.console.scene.SceneLedger;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Gives the one ledger of this console to all who write or read it. */
@ApplicationScoped
public class LedgerProducer {
  @Produces
  @Singleton
  SceneLedger sceneLedger() {
    return new SceneLedger();
  }
}
