package io.lite3r.reconstruction.edge;

import io.lite3r.objects.ObjectStore;
import io.lite3r.reconstruction.engine.EngineStorage;
import java.util.Optional;

/** Engines as objects beside the scenes. */
final class EngineObjects implements EngineStorage {
  private static final String TYPE = "application/octet-stream";

  private final ObjectStore objects;

  EngineObjects(ObjectStore objects) {
    this.objects = objects;
  }

  @Override
  public Optional<Kept> find(String objectKey) {
    return objects.get(objectKey).map(object -> new Kept(object.bytes(), object.etag()));
  }

  @Override
  public void put(String objectKey, byte[] bytes) {
    objects.putIfAbsent(objectKey, bytes, TYPE);
  }

  @Override
  public void replace(String objectKey, Kept kept, byte[] bytes) {
    // When the swap fails another worker has repaired the entry: then his engine stays.
    objects.compareAndSwap(objectKey, bytes, TYPE, kept.state());
  }
}
