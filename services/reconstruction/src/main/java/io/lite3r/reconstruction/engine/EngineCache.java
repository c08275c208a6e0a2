package io.lite3r.reconstruction.engine;

import java.util.Optional;

/**
 * Engines built once for all workers. What is kept is checked, never trusted: an entry that is
 * damaged, or was written for something else, is built again and replaced. Two workers may build at
 * the same time; both engines are good, and one of them stays.
 */
public final class EngineCache {
  private final EngineStorage storage;
  private final EngineBuilder builder;

  public EngineCache(EngineStorage storage, EngineBuilder builder) {
    this.storage = storage;
    this.builder = builder;
  }

  /**
   * An engine ready to be loaded.
   *
   * @param origin whether it was kept, and why not when it was not
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared: it is on its way to a file.
  public record Engine(byte[] bytes, Origin origin) {}

  /** Where an engine came from. */
  public enum Origin {
    KEPT,
    BUILT_FIRST,
    BUILT_AGAIN
  }

  /** The engine of that key: what is kept, or a new one, which is kept from then on. */
  public Engine obtain(EngineKey key) {
    Optional<EngineStorage.Kept> kept = storage.find(key.objectKey());
    Optional<byte[]> engine = kept.flatMap(entry -> EngineEntry.decode(entry.bytes(), key));
    if (engine.isPresent()) {
      return new Engine(engine.get(), Origin.KEPT);
    }
    return build(key, kept);
  }

  /** Builds an engine anew although one is kept: the one that was obtained cannot be loaded. */
  public Engine renew(EngineKey key) {
    return build(key, storage.find(key.objectKey()));
  }

  private Engine build(EngineKey key, Optional<EngineStorage.Kept> kept) {
    byte[] built = builder.build(key);
    byte[] entry = EngineEntry.encode(key, built);
    if (kept.isPresent()) {
      storage.replace(key.objectKey(), kept.get(), entry);
      return new Engine(built, Origin.BUILT_AGAIN);
    }
    storage.put(key.objectKey(), entry);
    return new Engine(built, Origin.BUILT_FIRST);
  }
}
