package io.lite3r.console.edge;

import io.lite3r.console.scene.SceneLedger;
import io.lite3r.objects.ObjectStore;
import io.lite3r.schemas.scene.SceneHead;
import io.lite3r.schemas.scene.SceneJson;
import io.lite3r.schemas.scene.SceneKeys;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jboss.logging.Logger;

/**
 * Finds the scenes that are in the object store but no longer in the topic: updates are kept for
 * days, scenes for as long as somebody wants them.
 */
@ApplicationScoped
public class StoredScenes {
  private static final Logger LOG = Logger.getLogger(StoredScenes.class);

  private final ObjectStore store;
  private final SceneLedger ledger;

  @Inject
  StoredScenes(ObjectStore store, SceneLedger ledger) {
    this.store = store;
    this.ledger = ledger;
  }

  void find() {
    for (String key : store.list("scenes/")) {
      if (key.endsWith("/" + SceneKeys.HEAD_NAME)) {
        store.get(key).ifPresent(head -> remember(SceneJson.readHead(head.bytes())));
      }
    }
  }

  private void remember(SceneHead head) {
    store
        .get(head.manifest().key())
        .map(manifest -> SceneMapping.version(head, SceneJson.readManifest(manifest.bytes())))
        .ifPresentOrElse(
            ledger::published,
            () ->
                LOG.warnf(
                    "scene %s has a head but no manifest: it is being deleted", head.scene()));
  }
}
