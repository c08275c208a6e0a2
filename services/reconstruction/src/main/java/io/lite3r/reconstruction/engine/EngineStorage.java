package io.lite3r.reconstruction.engine;

import java.util.Optional;

/** Where engines are kept, for all workers with the same kind of GPU. */
public interface EngineStorage {
  /**
   * What is kept under a key.
   *
   * @param state names exactly these bytes there
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Kept(byte[] bytes, String state) {}

  Optional<Kept> find(String objectKey);

  /** Stores under a key that has nothing; somebody who was faster wins. */
  void put(String objectKey, byte[] bytes);

  /** Replaces what is kept, unless somebody has replaced it meanwhile. */
  void replace(String objectKey, Kept kept, byte[] bytes);
}
